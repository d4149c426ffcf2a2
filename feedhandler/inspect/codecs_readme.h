// codecs/README.md as it was when the program was built: which messages become which updates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_CODECS_README_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_CODECS_README_H_

#include "absl/strings/string_view.h"

namespace fh {

absl::string_view CodecsReadme();

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_CODECS_README_H_
