#include "feedhandler/cli/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace fh::cli {
namespace {

// errno of the first failure; 0 as long as there is none.
int first_error = 0;

}  // namespace

void Print(absl::string_view text) {
  if (first_error != 0) return;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) first_error = errno;
}

bool FlushStandardOutput() {
  if (first_error == 0 && std::fflush(stdout) != 0) first_error = errno;
  return first_error == 0;
}

absl::Status StandardOutputStatus() {
  if (FlushStandardOutput() || first_error == EPIPE) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("standard output could not be written: ", std::strerror(first_error)));
}

}  // namespace fh::cli
