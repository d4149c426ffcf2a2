# The few build rules that every folder uses, so that a folder's CMakeLists.txt only lists files.
#
#   fh_library(NAME rio SOURCES a.cc HEADERS a.h DEPS latency PUBLIC absl::status PRIVATE ZLIB::ZLIB)
#   fh_test(NAME rio_region_test SOURCES region_test.cc DEPS rio)
#   fh_bench(NAME ring_bench SOURCES ring_bench.cc DEPS feedhandler)
#   fh_fuzzer(NAME fuzz_capture SOURCES capture_fuzz.cc DEPS replay)
#
# DEPS names folders of this project (the arrows of the architecture); PUBLIC and PRIVATE name other libraries.

include(GoogleTest)

# What is the operating system's own is in pairs of files, *_posix.cc and *_windows.cc: a folder lists
# the one with ${FH_PLATFORM} in its name.
if(WIN32)
  set(FH_PLATFORM windows)
  add_compile_definitions(NOMINMAX WIN32_LEAN_AND_MEAN)
else()
  set(FH_PLATFORM posix)
endif()

add_library(fh_warnings INTERFACE)
target_compile_options(fh_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                             -Woverloaded-virtual -Wno-missing-field-initializers
                                             -Werror)

function(fh_folder_targets out)
  set(result "")
  foreach(dep IN LISTS ARGN)
    list(APPEND result fh_${dep})
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

function(fh_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;HEADERS;DEPS;PUBLIC;PRIVATE" ${ARGN})
  add_library(fh_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(feedhandler::${ARG_NAME} ALIAS fh_${ARG_NAME})
  set_target_properties(fh_${ARG_NAME} PROPERTIES EXPORT_NAME ${ARG_NAME}
                                                  POSITION_INDEPENDENT_CODE ON)
  fh_folder_targets(deps ${ARG_DEPS})
  target_include_directories(
    fh_${ARG_NAME} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                          $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/feedhandler>)
  target_link_libraries(
    fh_${ARG_NAME}
    PUBLIC ${deps} ${ARG_PUBLIC}
    PRIVATE $<BUILD_INTERFACE:fh_warnings> ${ARG_PRIVATE})
  target_compile_features(fh_${ARG_NAME} PUBLIC cxx_std_20)
  install(TARGETS fh_${ARG_NAME} EXPORT feedhandlerTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  foreach(header IN LISTS ARG_HEADERS)
    get_filename_component(folder ${header} DIRECTORY)
    file(RELATIVE_PATH here ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    install(FILES ${header}
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/feedhandler/${here}/${folder})
  endforeach()
endfunction()

# One gtest executable; every test in it is a ctest entry, so a skip is reported as a skip. THREADED
# marks those in which threads meet: the thread sanitizer's build has these alone, since it can find
# nothing in the others.
#
# Tests are compiled without much optimisation where what matters is what they find: with the sanitizers
# (half the time of a build; the libraries under test keep -O1) and for Windows.
#
# On Windows an executable is one entry, because a program under Wine takes long to start; its results,
# test by test, are in NAME.gtest.xml, which tests/run --windows counts.
function(fh_test)
  cmake_parse_arguments(ARG "THREADED" "NAME;TIMEOUT" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT FEEDHANDLER_TESTS OR (FEEDHANDLER_SANITIZE STREQUAL "thread" AND NOT ARG_THREADED))
    return()
  endif()
  get_property(not_on_windows GLOBAL PROPERTY FH_NOT_ON_WINDOWS_${ARG_NAME})
  if(WIN32 AND not_on_windows)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  fh_folder_targets(deps ${ARG_DEPS})
  target_link_libraries(${ARG_NAME} PRIVATE ${deps} ${ARG_LIBS} fh_warnings GTest::gmock_main)
  if(FEEDHANDLER_SANITIZE)
    target_compile_options(${ARG_NAME} PRIVATE -O0)
  elseif(WIN32)
    target_compile_options(${ARG_NAME} PRIVATE -O1)
  endif()
  if(WIN32)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} --gtest_output=xml:${ARG_NAME}.gtest.xml)
    set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  else()
    gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  endif()
endfunction()

# A test that is not built for Windows, and why not: said by tests/run --windows.
function(fh_not_on_windows name reason)
  string(REPLACE ";" "," reason "${reason}")  # It becomes a line of a list.
  set_property(GLOBAL PROPERTY FH_NOT_ON_WINDOWS_${name} "${reason}")
  set_property(GLOBAL APPEND PROPERTY FH_NOT_ON_WINDOWS "${name}: ${reason}")
endfunction()

function(fh_bench)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT FEEDHANDLER_BENCH)
    return()
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  fh_folder_targets(deps ${ARG_DEPS})
  target_link_libraries(${ARG_NAME} PRIVATE ${deps} ${ARG_LIBS} fh_warnings)
endfunction()

# A file with LLVMFuzzerTestOneInput. With FEEDHANDLER_FUZZ (clang) it becomes a libFuzzer program;
# otherwise it is linked with tests/fuzz/replay_main.cc, which feeds it seeds and their mutations, and
# is run as an ordinary test.
function(fh_fuzzer)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  if((NOT FEEDHANDLER_TESTS AND NOT FEEDHANDLER_FUZZ) OR FEEDHANDLER_SANITIZE STREQUAL "thread")
    return()
  endif()
  fh_folder_targets(deps ${ARG_DEPS})
  if(FEEDHANDLER_FUZZ)
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_link_options(${ARG_NAME} PRIVATE -fsanitize=fuzzer)
    set_property(GLOBAL APPEND PROPERTY FH_FUZZERS ${ARG_NAME})
  else()
    add_executable(${ARG_NAME} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  endif()
  target_link_libraries(${ARG_NAME} PRIVATE ${deps} ${ARG_LIBS} fh_warnings)
endfunction()
