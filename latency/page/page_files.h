// The page's style and script, put into the library by embed.py, and their hashes as a content security
// policy names them ("'sha256-...'"). They live as long as the program.
#ifndef FEEDHANDLER_LATENCY_PAGE_PAGE_FILES_H_
#define FEEDHANDLER_LATENCY_PAGE_PAGE_FILES_H_

#include "absl/strings/string_view.h"

namespace fh::latency::page {

absl::string_view Style();
absl::string_view Script();
absl::string_view StyleHash();
absl::string_view ScriptHash();

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_LATENCY_PAGE_PAGE_FILES_H_
