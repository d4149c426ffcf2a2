# Toolchain: the Windows program, built on Debian with mingw-w64.
#
#   .ci/windows-deps                       # once: packages, libraries
#   cmake --preset windows && cmake --build --preset windows
#
# The libraries are those that .ci/windows-deps made, in build/windows-deps or in the folder that the
# environment variable FEEDHANDLER_WINDOWS_DEPS names. Everything is linked statically: what is built
# here runs on a Windows machine with nothing installed. Programs that the build itself runs (tests)
# run under Wine.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_VERSION 10.0)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

# The compilers with POSIX threads: the others lack std::mutex and std::thread.
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

if(NOT FEEDHANDLER_WINDOWS_DEPS)
  if(DEFINED ENV{FEEDHANDLER_WINDOWS_DEPS})
    set(deps $ENV{FEEDHANDLER_WINDOWS_DEPS})
  else()
    get_filename_component(deps ${CMAKE_CURRENT_LIST_DIR}/../build/windows-deps ABSOLUTE)
  endif()
  set(FEEDHANDLER_WINDOWS_DEPS ${deps} CACHE PATH "Where .ci/windows-deps keeps what it built")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FEEDHANDLER_WINDOWS_DEPS)

# Windows 10, of the build that declares receive timestamps for datagrams.
set(windows_version "-D_WIN32_WINNT=0x0A00 -DNTDDI_VERSION=0x0A00000A")
set(CMAKE_C_FLAGS_INIT "${windows_version}")
set(CMAKE_CXX_FLAGS_INIT "${windows_version}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-static")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static")

# Libraries and headers of the prefix alone, programs (protoc, pkg-config) of this machine alone.
set(CMAKE_FIND_ROOT_PATH ${FEEDHANDLER_WINDOWS_DEPS}/current)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${FEEDHANDLER_WINDOWS_DEPS}/current/lib/pkgconfig)

get_filename_component(wine ${CMAKE_CURRENT_LIST_DIR}/../.ci/wine ABSOLUTE)
set(CMAKE_CROSSCOMPILING_EMULATOR ${wine})
