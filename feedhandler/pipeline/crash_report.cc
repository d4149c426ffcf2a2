#include "feedhandler/pipeline/crash_report.h"

#include <charconv>
#include <cstring>

namespace fh {
namespace {

// Text in an array, without a call that a signal handler may not make.
class SafeText {
 public:
  explicit SafeText(std::array<char, 512>& out) : out_(out) {}

  SafeText& operator<<(const char* text) {
    const size_t bytes = std::min(std::strlen(text), out_.size() - 1 - used_);
    std::memcpy(out_.data() + used_, text, bytes);
    used_ += bytes;
    return *this;
  }
  SafeText& operator<<(uint64_t number) {
    std::array<char, 24> digits{};
    *std::to_chars(digits.data(), digits.data() + digits.size() - 1, number).ptr = '\0';
    return *this << digits.data();
  }
  size_t End() {
    out_[used_] = '\n';
    return used_ + 1;
  }

 private:
  std::array<char, 512>& out_;
  size_t used_ = 0;
};

}  // namespace

size_t FormatCrash(const StrategyCall& call, const char* why, std::array<char, 512>& out) {
  SafeText text(out);
  text << "feedhandler: strategy " << call.strategy << " crashed (" << why << ") while ";
  switch (call.kind) {
    case StrategyCall::Kind::kUpdates:
      text << "handling update channel " << uint64_t{call.channel_id} << " sequence "
           << call.sequence;
      if (call.updates > 1) text << ", the first of " << uint64_t{call.updates} << " of the call";
      break;
    case StrategyCall::Kind::kIdle:
      text << "nothing had arrived (OnIdle)";
      break;
    case StrategyCall::Kind::kStop:
      text << "it was being stopped (OnStop)";
      break;
    case StrategyCall::Kind::kBook:
      text << "it was told of a book (OnBook)";
      break;
  }
  return text.End();
}

}  // namespace fh
