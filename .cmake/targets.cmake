# The few build rules that every folder uses, so that a folder's CMakeLists.txt only lists files.
#
#   fh_library(NAME rio SOURCES a.cc HEADERS a.h DEPS latency PUBLIC absl::status PRIVATE ZLIB::ZLIB)
#   fh_test(NAME rio_tests SOURCES region_test.cc THREADED ring_test.cc DEPS rio)
#   fh_bench(NAME ring_bench SOURCES ring_bench.cc DEPS feedhandler)
#   fh_fuzzer(NAME fuzz_capture SOURCES capture_fuzz.cc DEPS replay)
#
# EXPORT is the set of the installed package that a library belongs to, when not feedhandlerTargets.
# DEPS names folders of this project (the arrows of the architecture); PUBLIC and PRIVATE name other libraries.

include(CheckLinkerFlag)

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

# The fast linker where there is one; the system's own makes the same programs, more slowly.
if(NOT WIN32)
  check_linker_flag(CXX -fuse-ld=mold FH_HAVE_MOLD)
  if(FH_HAVE_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

# Most of the time of compiling goes to headers that are not ours: they are compiled once, for the
# libraries, the program and the tests, which differ in their options. Ours stay out of it, since they
# change, and every file still includes what it uses: FEEDHANDLER_PCH=OFF compiles without.
option(FEEDHANDLER_PCH "Precompile the headers of other projects" ON)
set(FH_PCH_STANDARD <algorithm> <array> <atomic> <charconv> <chrono> <cstring> <filesystem> <functional>
                    <limits> <map> <memory> <mutex> <optional> <span> <string> <string_view> <thread>
                    <unordered_map> <utility> <vector>)
set(FH_PCH_ABSL <absl/status/status.h> <absl/status/statusor.h> <absl/strings/match.h> <absl/strings/str_cat.h>
                <absl/strings/str_format.h> <absl/strings/str_join.h> <absl/strings/str_split.h>)

# A target whose one purpose is a precompiled header that others use. LIKE is called on it, as on
# those others, because the options must be the same.
function(fh_precompiled name)
  cmake_parse_arguments(ARG "" "LIKE" "HEADERS;LIBS" ${ARGN})
  if(NOT FEEDHANDLER_PCH)
    return()
  endif()
  set(empty ${PROJECT_BINARY_DIR}/${name}.cc)
  if(NOT EXISTS ${empty})
    file(WRITE ${empty} "")
  endif()
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${empty})
  cmake_language(CALL ${ARG_LIKE} ${name})
  target_link_libraries(${name} PRIVATE fh_warnings ${ARG_LIBS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

# GCC 12 warns about moved strings in its own headers (its bugs 105329 and 105651), and more often when
# these are precompiled; builds without have the warnings.
function(fh_precompiled_warnings target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict
                                             -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endfunction()

function(fh_use_precompiled target name)
  if(TARGET ${name})
    target_precompile_headers(${target} REUSE_FROM ${name})
    fh_precompiled_warnings(${target})
  endif()
endfunction()

function(fh_library_options target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# Tests are compiled without much optimisation: what matters is what they find. With the sanitizers,
# which make a compiler slow, without any (the libraries under test keep -O1).
function(fh_test_options target)
  if(FEEDHANDLER_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  else()
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

function(fh_folder_targets out)
  set(result "")
  foreach(dep IN LISTS ARGN)
    list(APPEND result fh_${dep})
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

function(fh_library)
  cmake_parse_arguments(ARG "" "NAME;EXPORT" "SOURCES;HEADERS;DEPS;PUBLIC;PRIVATE" ${ARGN})
  if(NOT ARG_EXPORT)
    set(ARG_EXPORT feedhandlerTargets)
  endif()
  add_library(fh_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(feedhandler::${ARG_NAME} ALIAS fh_${ARG_NAME})
  set_target_properties(fh_${ARG_NAME} PROPERTIES EXPORT_NAME ${ARG_NAME})
  fh_library_options(fh_${ARG_NAME})
  fh_use_precompiled(fh_${ARG_NAME} fh_library_pch)
  fh_folder_targets(deps ${ARG_DEPS})
  target_include_directories(
    fh_${ARG_NAME} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                          $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/feedhandler>)
  target_link_libraries(
    fh_${ARG_NAME}
    PUBLIC ${deps} ${ARG_PUBLIC}
    PRIVATE $<BUILD_INTERFACE:fh_warnings> ${ARG_PRIVATE})
  target_compile_features(fh_${ARG_NAME} PUBLIC cxx_std_20)
  install(TARGETS fh_${ARG_NAME} EXPORT ${ARG_EXPORT} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  foreach(header IN LISTS ARG_HEADERS)
    get_filename_component(folder ${header} DIRECTORY)
    file(RELATIVE_PATH here ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    install(FILES ${header}
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/feedhandler/${here}/${folder})
  endforeach()
endfunction()

# Code of a .proto of the present folder, compiled with what generated code needs, not with the warnings of
# this project. `out` becomes its source, to be named among those of who includes it; the header is found
# below PROJECT_BINARY_DIR.
function(fh_proto out name)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(proto ${CMAKE_CURRENT_SOURCE_DIR}/${name}.proto)
  set(generated ${PROJECT_BINARY_DIR}/${folder}/${name}.pb)
  add_custom_command(
    OUTPUT ${generated}.cc ${generated}.h
    COMMAND protobuf::protoc --cpp_out ${PROJECT_BINARY_DIR} --proto_path ${PROJECT_SOURCE_DIR} ${proto}
    DEPENDS ${proto} protobuf::protoc
    VERBATIM)
  set_source_files_properties(${generated}.cc PROPERTIES COMPILE_OPTIONS "-w"
                                                          SKIP_PRECOMPILE_HEADERS ON)
  install(FILES ${proto} DESTINATION ${CMAKE_INSTALL_DATADIR}/feedhandler)
  set(${out} ${generated}.cc PARENT_SCOPE)
endfunction()

# Messages of an exchange's SBE schema as a header of constants (codecs/message.h), made at build
# time; `out` becomes its path, to be named among the sources of who includes it. SCHEMAS are versions
# of one schema, the oldest first: a template is taken from the last file that has it. So a new version
# is a file, and its name here.
#
#   fh_sbe_messages(cme_schema HEADER codecs/cme/cme_schema.h NAMESPACE fh::codecs::cme
#                   SCHEMAS cme/mdp3_9.xml cme/mdp3_13.xml)
function(fh_sbe_messages out)
  cmake_parse_arguments(ARG "" "HEADER;NAMESPACE" "SCHEMAS" ${ARGN})
  set(header ${PROJECT_BINARY_DIR}/generated/${ARG_HEADER})
  get_filename_component(folder ${header} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  string(MAKE_C_IDENTIFIER "FEEDHANDLER_${ARG_HEADER}_" guard)
  string(TOUPPER ${guard} guard)
  list(TRANSFORM ARG_SCHEMAS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set(script ${PROJECT_SOURCE_DIR}/codecs/sbe/sbe_generate.py)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${FH_PYTHON} ${script} --namespace=${ARG_NAMESPACE} --guard=${guard} --out=${header} ${ARG_SCHEMAS}
    DEPENDS ${script} ${ARG_SCHEMAS}
    COMMENT "Making ${ARG_HEADER}"
    VERBATIM)
  set(${out} ${header} PARENT_SCOPE)
endfunction()

# Those of `sources` that this build has; what fh_not_on_windows named is left out there.
function(fh_sources_of_this_system out)
  set(result ${ARGN})
  if(WIN32)
    get_property(excluded GLOBAL PROPERTY FH_NOT_ON_WINDOWS_PATHS)
    foreach(source IN LISTS ARGN)
      get_filename_component(path ${source} ABSOLUTE)
      file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR}/tests ${path})
      foreach(prefix IN LISTS excluded)
        string(FIND "${path}" "${prefix}" at)
        if(at EQUAL 0)
          list(REMOVE_ITEM result ${source})
        endif()
      endforeach()
    endforeach()
  endif()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# A test program: one for a folder, so that a new file of tests is one more line under SOURCES, or
# under THREADED when threads meet in it: the thread sanitizer's build has these alone, since it can
# find nothing in the others. HELPERS are files without tests.
#
# A test that counts what its whole process does, or changes it for good, gets a program of its own.
#
#   DEFINITIONS   of the compiler
#   NEEDS         targets that the tests use as files
#   LOOPBACK      it sends over loopback: on Windows, where it has no network namespace of its own, no
#                 other program does meanwhile
#   SHARDS        that many processes, each with its part of the tests, for a program that takes long
#   DAYS          with a sanitizer a day's part of the tests runs, and all of them within that many days
#                 (tests/run --full: all): for very many tests that start programs
#   TIMEOUT_S     of one test
#
# A program is one entry of ctest. .ci/test-program runs it and follows it test by test, because
# processes cost more than most tests; tests/run counts the tests.
function(fh_test)
  cmake_parse_arguments(ARG "LOOPBACK" "NAME;SHARDS;DAYS;TIMEOUT_S"
                        "SOURCES;THREADED;HELPERS;DEPS;LIBS;DEFINITIONS;NEEDS" ${ARGN})
  if(NOT FEEDHANDLER_TESTS)
    return()
  endif()
  set(sources ${ARG_THREADED})
  if(NOT FEEDHANDLER_SANITIZE STREQUAL "thread")
    list(APPEND sources ${ARG_SOURCES})
  endif()
  fh_sources_of_this_system(sources ${sources})
  if(NOT sources)
    return()
  endif()
  add_executable(${ARG_NAME} ${sources} ${ARG_HELPERS})
  fh_test_options(${ARG_NAME})
  fh_use_precompiled(${ARG_NAME} fh_test_pch)
  fh_folder_targets(deps ${ARG_DEPS})
  target_link_libraries(${ARG_NAME} PRIVATE ${deps} ${ARG_LIBS} fh_warnings fh_test_main)
  target_compile_definitions(${ARG_NAME} PRIVATE ${ARG_DEFINITIONS})
  if(ARG_NEEDS)
    add_dependencies(${ARG_NAME} ${ARG_NEEDS})
  endif()

  if(NOT ARG_TIMEOUT_S)
    set(ARG_TIMEOUT_S 300)
  endif()
  if(NOT ARG_SHARDS)
    set(ARG_SHARDS 1)
  endif()
  if(NOT ARG_DAYS OR NOT FEEDHANDLER_SANITIZE)
    set(ARG_DAYS 1)
  endif()
  foreach(shard RANGE 1 ${ARG_SHARDS})
    set(name ${ARG_NAME})
    if(ARG_SHARDS GREATER 1)
      set(name ${ARG_NAME}_${shard})
    endif()
    add_test(NAME ${name}
             COMMAND ${FH_PYTHON} ${PROJECT_SOURCE_DIR}/.ci/test-program --name=${name}
                     --results=${PROJECT_BINARY_DIR}/results --timeout=${ARG_TIMEOUT_S}
                     --shard=${shard}/${ARG_SHARDS} --days=${ARG_DAYS} -- ${CMAKE_CROSSCOMPILING_EMULATOR}
                     $<TARGET_FILE:${ARG_NAME}>)
    # The limit is that of one test; this one is for what .ci/test-program itself cannot end.
    set_tests_properties(${name} PROPERTIES TIMEOUT 3600)
    # Long ones first, so that no core is idle at the end.
    if(ARG_SHARDS GREATER 1)
      set_tests_properties(${name} PROPERTIES COST 100)
    endif()
    if(WIN32 AND ARG_LOOPBACK)
      set_tests_properties(${name} PROPERTIES RESOURCE_LOCK loopback)
    endif()
  endforeach()
endfunction()

# Tests that are not built for Windows, and why not: said by tests/run --windows. `path` is a file or
# the beginning of the paths of several, below tests/.
function(fh_not_on_windows path reason)
  string(REPLACE ";" "," reason "${reason}")  # It becomes a line of a list.
  set_property(GLOBAL APPEND PROPERTY FH_NOT_ON_WINDOWS_PATHS ${path})
  set_property(GLOBAL APPEND PROPERTY FH_NOT_ON_WINDOWS "${path}: ${reason}")
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

# A file with LLVMFuzzerTestOneInput. It is linked with tests/fuzz/replay_main.cc, which feeds it seeds
# and their mutations, and is run as an ordinary test; with FEEDHANDLER_FUZZ (clang) there is a
# libFuzzer program of it too, in the folder fuzzers/ of the build.
function(fh_fuzzer)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  if((NOT FEEDHANDLER_TESTS AND NOT FEEDHANDLER_FUZZ) OR FEEDHANDLER_SANITIZE STREQUAL "thread")
    return()
  endif()
  fh_folder_targets(deps ${ARG_DEPS})
  add_library(${ARG_NAME}_target OBJECT ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME}_target PUBLIC ${deps} ${ARG_LIBS} fh_warnings)
  if(FEEDHANDLER_TESTS)
    add_executable(${ARG_NAME})
    target_link_libraries(${ARG_NAME} PRIVATE ${ARG_NAME}_target fh_replay_main)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
    set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT 300)
  endif()
  if(FEEDHANDLER_FUZZ)
    add_executable(lib${ARG_NAME})
    target_link_libraries(lib${ARG_NAME} PRIVATE ${ARG_NAME}_target)
    target_link_options(lib${ARG_NAME} PRIVATE -fsanitize=fuzzer)
    set_target_properties(lib${ARG_NAME} PROPERTIES OUTPUT_NAME ${ARG_NAME}
                          RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzzers)
    set_property(GLOBAL APPEND PROPERTY FH_FUZZERS lib${ARG_NAME})
  endif()
endfunction()
