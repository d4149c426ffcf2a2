# The books library as another program meets it: found with find_package(feedhandler COMPONENTS
# libraries) in what `cmake --install` put somewhere, and used as feedhandler/books/README.md shows;
# books saved to a file come back from it.
#
#   cmake -DBUILD=... -DREADME=... -DWORK=... -DCOMPILER=... -P installed_books_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

# The first block of C++ of the README: includes up to the namespace, then statements.
file(READ ${README} text)
string(FIND "${text}" "```cpp\n" begin)
math(EXPR begin "${begin} + 7")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n```" end)
set(namespace "using namespace fh::books;\n")
string(FIND "${text}" "${namespace}" middle)
if(begin EQUAL 6 OR end EQUAL -1 OR middle EQUAL -1)
  message(FATAL_ERROR "${README} has no example")
endif()
string(SUBSTRING "${text}" 0 ${middle} includes)
string(SUBSTRING "${text}" 0 ${end} text)
string(SUBSTRING "${text}" ${middle} -1 body)
string(REPLACE "${namespace}" "" body "${body}")

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
file(WRITE ${WORK}/source/CMakeLists.txt "
cmake_minimum_required(VERSION 3.25)
project(books_user LANGUAGES CXX)
find_package(feedhandler REQUIRED COMPONENTS libraries)
add_executable(books_user main.cc)
target_link_libraries(books_user PRIVATE feedhandler::books)
")
file(WRITE ${WORK}/source/main.cc "${includes}
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>
using namespace fh::books;

static uint64_t shown = 0;
static void Show(int64_t price, uint64_t size, uint32_t orders) {
  if (price == 9'000'000'000 && orders == 1) shown += size;
}

int main(int, char** arguments) {
  fh_update add{};
  add.record = FH_RECORD_ORDER;
  add.action = FH_ACTION_ADD;
  add.side = FH_SIDE_BID;
  add.flags = FH_FLAG_LAST;
  add.instrument_id = 7;
  add.order = {.order_id = 1, .price = 9'000'000'000, .size = 100};
  const std::vector<fh_update> updates{add};
${body}
  std::ofstream(arguments[1], std::ios::binary) << (*books)->Save();
  std::ifstream file(arguments[1], std::ios::binary);
  const std::string saved((std::istreambuf_iterator<char>(file)), {});
  auto again = BookSet::Create({.instruments = 8'000, .orders = 2'000'000});
  if (!(*again)->Restore(saved).ok()) return 2;
  if ((*again)->Find(0, 7).top() != (*books)->Find(0, 7).top()) return 3;
  return shown == 100 ? 0 : 1;
}
")
run(${CMAKE_COMMAND} -S ${WORK}/source -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/installed
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=-Werror)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/books_user ${WORK}/saved)
