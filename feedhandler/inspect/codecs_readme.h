// codecs/README.md as it was when the program was built: which messages become which updates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_CODECS_README_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_CODECS_README_H_

namespace fh {

extern const char kCodecsReadme[];

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_CODECS_README_H_
