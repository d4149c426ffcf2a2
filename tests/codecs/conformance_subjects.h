// Which codecs the conformance tests are about: those of the build, or, in the program
// feedhandler_conformance, the plugins of its command line.
#ifndef FEEDHANDLER_TESTS_CODECS_CONFORMANCE_SUBJECTS_H_
#define FEEDHANDLER_TESTS_CODECS_CONFORMANCE_SUBJECTS_H_

#include <vector>

#include "codecs/codec.h"
#include "codecs/registry.h"

namespace fh::test {

// Filled before GoogleTest is initialised; empty: all of the build.
inline std::vector<const codecs::CodecInfo*>& ChosenSubjects() {
  static std::vector<const codecs::CodecInfo*> subjects;
  return subjects;
}

inline std::vector<const codecs::CodecInfo*> ConformanceSubjects() {
  if (!ChosenSubjects().empty()) return ChosenSubjects();
  const auto all = codecs::BuiltInCodecs();
  return {all.begin(), all.end()};
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_CONFORMANCE_SUBJECTS_H_
