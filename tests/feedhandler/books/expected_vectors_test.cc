// The short sequences of normalized updates, one for each trap, and the long random one: what a slow
// implementation, written apart, makes of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/captures.h"
#include "tests/codecs/expected_json.h"
#include "tests/feedhandler/books/updates.h"

namespace fh::books {
namespace {

using nlohmann::json;
using test::CaptureFile;

constexpr int64_t kNone = FH_UNDEFINED_PRICE;
constexpr uint32_t kNewcomer = 63;

int64_t PriceOf(const json& price) { return price.is_null() ? kNone : price.get<int64_t>(); }

json PriceJson(int64_t price) { return price == kNone ? json() : json(price); }

json LevelsJson(Levels levels) {
  json all = json::array();
  for (const Level level : levels) all.push_back({level.price, level.size, level.orders});
  return all;
}

std::string FaultName(Cause cause) {
  switch (cause) {
    case Cause::kUnknownOrder:
      return "unknown id";
    case Cause::kMoreThanLeft:
      return "more than left";
    case Cause::kDuplicateOrder:
      return "duplicate id";
    case Cause::kSideUnknown:
      return "side unknown";
    default:
      return "";
  }
}

// What comes of updates that are applied one by one, in the words of the expected files.
class Outcome {
 public:
  explicit Outcome(const BookOptions& options) : books_(MakeBooks(options)) {}

  void Apply(const NormalizedUpdate& update, size_t index) {
    const BookStats before = books_->stats();
    books_->Apply({&update, 1}, [&](const Notice& notice) {
      if ((notice.kinds & kTop) == 0) return;
      const Book book = books_->book(notice.book);
      const Top top = book.top();
      tops.push_back({index, book.instrument_id(), PriceJson(top.bid_price), top.bid_size,
                      PriceJson(top.ask_price), top.ask_size});
    });
    const BookStats after = books_->stats();
    for (size_t cause = 0; cause < kCauses; ++cause) {
      const std::string name = FaultName(static_cast<Cause>(cause));
      if (!name.empty() && after.faults[cause] != before.faults[cause]) {
        faults.push_back({index, name});
      }
    }
    if (update.record == FH_RECORD_TRADE && update.action == FH_ACTION_TRADE) {
      volume[std::to_string(update.instrument_id)] += update.trade.size;
    }
  }

  // Queues as the files have them: all orders, each level's in time order.
  void ExpectQueue(uint32_t instrument, const json& queue) const {
    const Book book = books_->Find(0, instrument, Family::kOrders);
    std::map<std::pair<std::string, int64_t>, std::vector<std::pair<uint64_t, uint64_t>>> expected;
    for (const json& order : queue) {
      expected[{order[1], order[2]}].emplace_back(order[0], order[3]);
    }
    size_t levels = 0;
    for (const Side side : {Side::kBid, Side::kAsk}) {
      for (const Level level : book.levels(side)) {
        ++levels;
        std::vector<std::pair<uint64_t, uint64_t>> orders;
        uint64_t ahead = 0;
        for (const Order order : book.orders(side, level.price)) {
          const std::optional<Position> position = books_->PositionOf(0, instrument, order.id);
          ASSERT_TRUE(position.has_value());
          EXPECT_EQ(position->orders_ahead, orders.size());
          EXPECT_EQ(position->size_ahead, ahead);
          ahead += order.size;
          orders.emplace_back(order.id, order.size);
        }
        const std::string name = side == Side::kBid ? "B" : "A";
        EXPECT_EQ(orders, (expected[{name, level.price}])) << instrument << " at " << level.price;
      }
    }
    EXPECT_EQ(levels, expected.size());
  }

  void ExpectBook(const std::string& instrument, const json& expected) const {
    Book book = books_->Find(0, static_cast<uint32_t>(std::stoul(instrument)));
    json bids = LevelsJson(book.bids());
    json asks = LevelsJson(book.asks());
    EXPECT_EQ(bids, expected["bids"]) << instrument;
    EXPECT_EQ(asks, expected["asks"]) << instrument;
    EXPECT_EQ(book.hash(), book.HashFromScratch());
  }

  std::set<std::string> Doubtful() const {
    std::set<std::string> names;
    books_->ForEachBook([&](Book book) {
      if (!book.condition().good()) names.insert(std::to_string(book.instrument_id()));
    });
    return names;
  }

  BookSet& books() { return *books_; }

  json tops = json::array();
  json faults = json::array();
  std::map<std::string, uint64_t> volume;

 private:
  std::unique_ptr<BookSet> books_;
};

NormalizedUpdate OfJson(const json& row) {
  static const std::map<std::string, uint8_t> kRecords = {{"order", FH_RECORD_ORDER},
                                                          {"level", FH_RECORD_LEVEL},
                                                          {"trade", FH_RECORD_TRADE},
                                                          {"status", FH_RECORD_STATUS},
                                                          {"gap", FH_RECORD_GAP}};
  NormalizedUpdate update{};
  update.record = kRecords.at(row["rec"]);
  update.action = row["act"].get<std::string>()[0];
  update.side = row["side"].get<std::string>()[0];
  update.flags = row["flags"];
  update.instrument_id = row["ins"];
  update.sequence = row["seq"];
  if (update.record == FH_RECORD_ORDER || update.record == FH_RECORD_TRADE) {
    update.order = {row["id"], PriceOf(row["price"]), row["size"]};
  } else if (update.record == FH_RECORD_LEVEL) {
    update.level = {PriceOf(row["price"]), row["size"], row["count"], 0};
  }
  return update;
}

BookOptions OptionsOf(const json& vector) {
  BookOptions options = Small();
  if (!vector["depth"].is_null()) options.channel.depth = vector["depth"].get<uint8_t>();
  const std::string policy = vector["m_policy"];
  options.channel.places = policy == "by_price"            ? codecs::PlaceRule::kByPrice
                           : policy == "by_price_and_size" ? codecs::PlaceRule::kByPriceAndSize
                                                           : codecs::PlaceRule::kByFlag;
  return options;
}

void ExpectVector(const json& vector) {
  SCOPED_TRACE(vector["name"].get<std::string>());
  Outcome outcome(OptionsOf(vector));
  size_t index = 0;
  for (const json& row : vector["updates"]) {
    outcome.Apply(OfJson(row), index++);
    const absl::Status audit = outcome.books().AuditAll();
    ASSERT_TRUE(audit.ok()) << audit;
  }
  const json& expect = vector["expect"];
  EXPECT_EQ(outcome.tops, expect["tops"]);
  EXPECT_EQ(outcome.faults, expect["faults"]);
  EXPECT_EQ(json(outcome.volume), expect["volume"].empty() ? json::object() : expect["volume"]);
  for (const auto& [instrument, book] : expect["books"].items()) {
    outcome.ExpectBook(instrument, book);
  }
  for (const auto& [instrument, queue] : expect["queues"].items()) {
    outcome.ExpectQueue(static_cast<uint32_t>(std::stoul(instrument)), queue);
  }
  std::set<std::string> doubtful = expect["doubtful"];
  if (doubtful.erase("all") != 0) {
    // Of the instruments that come up now, and that no snapshot has replaced.
    outcome.Apply(OrderUpdate('A', kNewcomer, 1'000, 1'000, 'B', 1, kOne), 1'000);
    doubtful.insert(std::to_string(kNewcomer));
  }
  EXPECT_EQ(outcome.Doubtful(), doubtful);
}

TEST(ExpectedVectors, EachTrapComesOutAsWritten) {
  const auto file = CaptureFile("expected/books/vectors.json");
  if (!file) GTEST_SKIP() << test::kNoCaptures;
  const std::optional<json> document = test::ExpectedLines(*file).NextDocument();
  ASSERT_TRUE(document.has_value());
  const json& vectors = (*document)["vectors"];
  EXPECT_EQ(vectors.size(), 30u);
  for (const json& vector : vectors) ExpectVector(vector);
}

NormalizedUpdate OfRow(const json& row) {
  const bool is_trade = row[0] == "trade";
  NormalizedUpdate update =
      OrderUpdate(row[1].get<std::string>()[0], row[4], row[5],
                  row[6].is_null() ? 0 : row[6].get<uint64_t>(), row[2].get<std::string>()[0],
                  row[8].is_null() ? 0 : row[8].get<uint64_t>(), PriceOf(row[7]), row[3]);
  update.record = is_trade ? FH_RECORD_TRADE : FH_RECORD_ORDER;
  return update;
}

TEST(ExpectedVectors, RandomOrdersGiveTheSameTopsBooksQueuesAndFaults) {
  const auto file = CaptureFile("expected/books/random_orders.json.gz");
  if (!file) GTEST_SKIP() << test::kNoCaptures;
  const std::optional<json> document = test::ExpectedLines(*file).NextDocument();
  ASSERT_TRUE(document.has_value());
  const json& expected = *document;
  Outcome outcome(Small());
  size_t index = 0;
  size_t checkpoint = 0;
  const auto check = [&](const json& at) {
    SCOPED_TRACE(absl::StrCat("checkpoint at ", index));
    const absl::Status audit = outcome.books().AuditAll();
    EXPECT_TRUE(audit.ok()) << audit;
    EXPECT_EQ(outcome.tops.size(), at["tops_so_far"].get<size_t>());
    for (const auto& [instrument, book] : at["books"].items()) {
      outcome.ExpectBook(instrument, book);
      if (book.contains("queue")) {
        outcome.ExpectQueue(static_cast<uint32_t>(std::stoul(instrument)), book["queue"]);
      }
    }
    std::set<std::string> doubtful;
    for (const json& name : at["doubtful"])
      doubtful.insert(name.is_string() ? name.get<std::string>() : std::to_string(name.get<int>()));
    EXPECT_EQ(outcome.Doubtful(), doubtful);
  };
  for (const json& row : expected["updates"]) {
    outcome.Apply(OfRow(row), index++);
    const json& checkpoints = expected["checkpoints"];
    while (checkpoint < checkpoints.size() && index == checkpoints[checkpoint]["after"]) {
      check(checkpoints[checkpoint++]);
    }
  }
  EXPECT_EQ(checkpoint, expected["checkpoints"].size());
  EXPECT_EQ(outcome.tops, expected["tops"]);
  EXPECT_EQ(outcome.faults, expected["faults"]);
  EXPECT_EQ(json(outcome.volume), expected["volume"]);
}

}  // namespace
}  // namespace fh::books
