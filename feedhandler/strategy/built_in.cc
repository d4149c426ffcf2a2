// The strategies of this program, one line each; the order is that of listings.
#include "codecs/update.h"
#include "feedhandler/strategy/count.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/print.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

namespace {

class NullStrategy {
 public:
  static constexpr char kName[] = "null";
  static constexpr char kHelp[] = "Discards all updates. Parameters: none.";

  static std::unique_ptr<NullStrategy> Create(Host, std::string_view parameters,
                                              std::string& error) {
    error = Parameters(parameters).Error();
    return error.empty() ? std::make_unique<NullStrategy>() : nullptr;
  }

  void OnUpdates(std::span<const codecs::NormalizedUpdate>) {}
};

}  // namespace

std::span<const fh_strategy* const> BuiltInStrategies() {
  static const fh_strategy* const kTables[] = {
      StrategyTable<CountStrategy>(),
      StrategyTable<NullStrategy>(),
      StrategyTable<PrintStrategy>(),
  };
  return kTables;
}

}  // namespace fh
