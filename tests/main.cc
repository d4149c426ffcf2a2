// main() of every test program: GoogleTest's, and a journal for .ci/test-program, from which it
// knows what ran, what is running and how it ended, even when the program crashes or hangs.
//
// The environment variable FEEDHANDLER_TEST_JOURNAL names the file; a line is an event, flushed at
// once, with its fields between tabs:
//
//   plan NAME             of each test that this process will run
//   start NAME
//   truth NAME PROTOCOL CAPTURE MESSAGES FIELDS DIFFERENCES AGAINST
//                         what the test compared (tests/codecs/truth_table.h), a row each
//   end NAME passed|failed|skipped MILLISECONDS MESSAGE NOTE
//   done
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

// The thread sanitizer goes on after a report unless told otherwise, and then nobody knows which
// test it was about.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "halt_on_error=1"; }

namespace {

std::string NameOf(const testing::TestInfo& test) {
  return std::string(test.test_suite_name()) + "." + test.name();
}

std::string OneField(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\\') {
      result += "\\\\";
    } else {
      result += c == '\t' || c == '\r' ? ' ' : c;
    }
  }
  return result;
}

// A row of tests/codecs/truth_table.h.
bool IsTruth(const testing::TestProperty& property) {
  return std::string(property.key()).rfind("truth_", 0) == 0;
}

// What a test says of itself (tests/seeds.h).
std::string NoteOf(const testing::TestResult& result) {
  std::string note;
  for (int i = 0; i < result.test_property_count(); ++i) {
    const testing::TestProperty& property = result.GetTestProperty(i);
    if (IsTruth(property)) continue;
    if (!note.empty()) note += ", ";
    note += std::string(property.key()) + " " + property.value();
  }
  return note;
}

class Journal : public testing::EmptyTestEventListener {
 public:
  explicit Journal(std::FILE* file) : file_(file) {}

  void OnTestProgramStart(const testing::UnitTest& program) override {
    for (int s = 0; s < program.total_test_suite_count(); ++s) {
      const testing::TestSuite& suite = *program.GetTestSuite(s);
      for (int t = 0; t < suite.total_test_count(); ++t) {
        const testing::TestInfo& test = *suite.GetTestInfo(t);
        if (test.should_run()) Write("plan\t" + NameOf(test));
      }
    }
  }

  void OnTestStart(const testing::TestInfo& test) override {
    message_.clear();
    Write("start\t" + NameOf(test));
  }

  void OnTestPartResult(const testing::TestPartResult& part) override {
    if (part.passed()) return;
    if (!message_.empty()) message_ += '\n';
    if (!part.skipped() && part.file_name() != nullptr) {
      message_ += std::string(part.file_name()) + ":" + std::to_string(part.line_number()) + ": ";
    }
    message_ += part.message();
  }

  void OnTestEnd(const testing::TestInfo& test) override {
    const testing::TestResult& result = *test.result();
    for (int i = 0; i < result.test_property_count(); ++i) {
      const testing::TestProperty& property = result.GetTestProperty(i);
      if (IsTruth(property)) Write("truth\t" + NameOf(test) + "\t" + property.value());
    }
    const char* outcome = result.Failed() ? "failed" : result.Skipped() ? "skipped" : "passed";
    Write("end\t" + NameOf(test) + "\t" + outcome + "\t" + std::to_string(result.elapsed_time()) +
          "\t" + OneField(message_) + "\t" + OneField(NoteOf(result)));
  }

  void OnTestProgramEnd(const testing::UnitTest&) override { Write("done"); }

 private:
  void Write(const std::string& line) {
    std::fprintf(file_, "%s\n", line.c_str());
    std::fflush(file_);
  }

  std::FILE* file_;
  std::string message_;
};

}  // namespace

int main(int argc, char** argv) {
  // What was printed before a crash is seen.
#ifdef _WIN32
  std::setvbuf(stdout, nullptr, _IONBF, 0);
#else
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
#endif
  // The child of a death test is this program again, with an argument that GoogleTest takes away.
  bool child = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]).find("internal_run_death_test") != std::string::npos) child = true;
  }
  testing::InitGoogleMock(&argc, argv);
  const char* path = std::getenv("FEEDHANDLER_TEST_JOURNAL");
  if (path != nullptr && !child) {
    std::FILE* file = std::fopen(path, "ab");
    if (file == nullptr) {
      std::fprintf(stderr, "the journal %s cannot be written\n", path);
      return 2;
    }
    testing::UnitTest::GetInstance()->listeners().Append(new Journal(file));
  }
  return RUN_ALL_TESTS();
}
