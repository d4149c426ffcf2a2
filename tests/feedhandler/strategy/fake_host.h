// A host that knows a few symbols and remembers what was logged.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_STRATEGY_FAKE_HOST_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_STRATEGY_FAKE_HOST_H_

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "feedhandler/strategy/plugin.h"
#include "feedhandler/strategy/strategy.h"

namespace fh::test {

struct FakeHost {
  FakeHost() : table{sizeof(fh_host), 0, this, Symbol, Log, Terms, nullptr} {}
  FakeHost(const FakeHost&) = delete;

  static size_t Symbol(void* context, uint16_t channel_id, uint32_t instrument_id, char* out,
                       size_t bytes) {
    const auto& symbols = static_cast<FakeHost*>(context)->symbols;
    const auto found = symbols.find({channel_id, instrument_id});
    const std::string name = found == symbols.end() ? "" : found->second;
    const size_t copied = std::min(name.size(), bytes - 1);
    std::memcpy(out, name.data(), copied);
    out[copied] = '\0';
    return name.size();
  }

  static int Terms(void* context, uint16_t channel_id, uint32_t instrument_id, fh_terms* terms) {
    *terms = UnknownTerms();
    return static_cast<int>(
        static_cast<FakeHost*>(context)->symbols.contains({channel_id, instrument_id}));
  }

  static void Log(void* context, int severity, const char* text) {
    static_cast<FakeHost*>(context)->log.emplace_back(severity, text);
  }

  std::map<std::pair<uint16_t, uint32_t>, std::string> symbols;
  std::vector<std::pair<int, std::string>> log;
  fh_host table;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_STRATEGY_FAKE_HOST_H_
