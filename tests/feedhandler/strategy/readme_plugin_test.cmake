# The strategy that README.md prints compiles as it stands there, and the program takes it.
#
#   cmake -DREADME=... -DSOURCE=... -DWORK=... -DCOMPILER=... -DPROGRAM=... -P readme_plugin_test.cmake
file(READ ${README} text)
string(FIND "${text}" "## Writing a strategy" section)
string(SUBSTRING "${text}" ${section} -1 text)
string(FIND "${text}" "```cpp\n" begin)
if(section EQUAL -1 OR begin EQUAL -1)
  message(FATAL_ERROR "${README} has no strategy")
endif()
math(EXPR begin "${begin} + 7")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n```" end)
string(SUBSTRING "${text}" 0 ${end} text)

file(MAKE_DIRECTORY ${WORK})
file(WRITE ${WORK}/readme_plugin.cc "${text}\n")
execute_process(COMMAND ${COMPILER} -std=c++20 -Wall -Wextra -Wpedantic -Werror -shared -fPIC -I${SOURCE}
                        ${WORK}/readme_plugin.cc -o ${WORK}/libreadme_plugin.so
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the strategy of README.md does not compile:\n${output}")
endif()
if(PROGRAM STREQUAL "")
  return()
endif()
execute_process(COMMAND ${PROGRAM} generate ${WORK}/day.itch --format=records --messages=3000 --symbols=40
                COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET ERROR_QUIET)
execute_process(COMMAND ${PROGRAM} replay ${WORK}/day.itch --strategy=${WORK}/libreadme_plugin.so
                RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE output)
if(NOT result EQUAL 0 OR NOT output MATCHES "volume [1-9]")
  message(FATAL_ERROR "the strategy of README.md does not work (${result}):\n${output}")
endif()
