# The example plugin as its author meets it: built outside the tree, against nothing but what
# `cmake --install` put somewhere, and taken by the installed program.
#
#   cmake -DBUILD=... -DSOURCE=... -DWORK=... -DCOMPILER=... -P installed_plugin_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
foreach(page feedhandler feedhandler-replay feedhandler-man)
  file(READ ${WORK}/installed/share/man/man1/${page}.1 text)
  if(NOT text MATCHES ".SH SYNOPSIS")
    message(FATAL_ERROR "${page}.1 is no manual page:\n${text}")
  endif()
endforeach()
# The copy that was installed: nothing of the source tree is near it.
file(GLOB_RECURSE example ${WORK}/installed/*/busiest_symbols.cc)
get_filename_component(example ${example} DIRECTORY)
run(${CMAKE_COMMAND} -S ${example} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/installed
    -DCMAKE_CXX_COMPILER=${COMPILER})
run(${CMAKE_COMMAND} --build ${WORK}/build)
file(READ ${SOURCE}/feedhandler/examples/loopback.textproto text)
file(WRITE ${WORK}/plugin.textproto
     "${text}strategy_thread { strategy { name: \"${WORK}/build/busiest_symbols.so\" } }\n")
run(${WORK}/installed/bin/feedhandler check ${WORK}/plugin.textproto)
# And the program does look at it.
file(WRITE ${WORK}/build/busiest_symbols.so "not a library")
execute_process(COMMAND ${WORK}/installed/bin/feedhandler check ${WORK}/plugin.textproto
                RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE output)
if(result EQUAL 0 OR NOT output MATCHES "cannot be loaded as a shared library")
  message(FATAL_ERROR "a file that is no library was not refused (${result}):\n${output}")
endif()
