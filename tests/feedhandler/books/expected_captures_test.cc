// Captures through the pipeline, its sessions and codecs into books, against what a slow
// implementation, written apart from the wire bytes, makes of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "codecs/ice/ice_sample.h"
#include "codecs/ice/ice_tables.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/feedhandler/books/expected_books.h"
#include "tests/feedhandler/books/replayed.h"

namespace fh::books {
namespace {

using test::CaptureFile;
using test::kNoCaptures;

BookOptions Enough() {
  BookOptions options;
  options.instruments = 16'384;
  options.orders = 65'536;
  options.streams = 64;
  return options;
}

// One capture, one expected file, and how they are told apart.
class CaptureRun {
 public:
  CaptureRun(const std::string& expected, const BookOptions& options)
      : file(ExpectedBooks(expected)), books(MakeBooks(options)) {}

  bool is_there() const { return file.has_value(); }

  // Applies all of them; `key` of an update makes the key of tops and checkpoints. A checkpoint is
  // taken before the first update of a greater key.
  void Run(const Replayed& replayed, const std::function<Key(uint64_t epoch, uint64_t number)>& key,
           bool by_symbol) {
    TopLog log(*file, "tops");
    const json& checkpoints = (*file)["checkpoints"];
    size_t checkpoint = 0;
    uint64_t epoch = 0;
    bool is_first = true;
    const auto name = [&](const Book& book, uint64_t at) {
      return by_symbol ? replayed.Name(book.channel_id(), book.instrument_id(), at)
                       : std::to_string(book.instrument_id());
    };
    for (size_t i = 0; i < replayed.updates.size(); ++i) {
      const NormalizedUpdate& update = replayed.updates[i];
      Key next = key(epoch, fh_number(update.sequence));
      if (codecs::IsSessionStart(update)) {
        if (!is_first) ++epoch;
        is_first = false;
        next = key(epoch, 0);
      }
      for (; checkpoint < checkpoints.size(); ++checkpoint) {
        const Key at = checkpoints[checkpoint]["at"];
        if (at >= next) break;
        Check(checkpoints[checkpoint], [&](const Book& book) { return name(book, i); });
      }
      books->Apply({&update, 1}, [&](const Notice& notice) {
        if ((notice.kinds & kTop) == 0) return;
        const Book book = books->book(notice.book);
        log.Add(next, name(book, i), book.top());
      });
    }
    for (; checkpoint < checkpoints.size(); ++checkpoint) {
      Check(checkpoints[checkpoint],
            [&](const Book& book) { return name(book, replayed.updates.size()); });
    }
    log.ExpectAll();
    EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
  }

  std::optional<json> file;
  std::unique_ptr<BookSet> books;

 private:
  template <typename NameOf>
  void Check(const json& checkpoint, NameOf name_of) {
    std::map<std::string, Book> by_name;
    books->ForEachBook([&](Book book) {
      const std::string name = name_of(book);
      // An id of an earlier session may name the same symbol.
      if (!by_name.contains(name) || !book.empty()) by_name[name] = book;
    });
    ExpectCheckpoint(checkpoint, by_name);
    if (!checkpoint.contains("positions")) return;
    for (const json& row : checkpoint["positions"]) {
      const Book book = by_name[row[0].is_string() ? row[0].get<std::string>() : row[0].dump()];
      const auto position = books->PositionOf(book.channel_id(), book.instrument_id(), row[1]);
      ASSERT_TRUE(position.has_value()) << row;
      EXPECT_EQ(position->level.price, row[3].get<int64_t>()) << row;
      EXPECT_EQ(position->size, row[4].get<uint64_t>()) << row;
      EXPECT_EQ(position->orders_ahead, row[5].get<uint64_t>()) << row;
      EXPECT_EQ(position->size_ahead, row[6].get<uint64_t>()) << row;
    }
  }
};

uint64_t SharesOf(const Book& book) {
  return book.SizeTo(Side::kBid, INT64_MIN) + book.SizeTo(Side::kAsk, INT64_MAX - 1);
}

json BothJson(const Book& book, Side side) {
  std::vector<Level> levels(1'000);
  levels.resize(book.Consolidated(side, levels));
  json out = json::array();
  for (const Level& level : levels) out.push_back({level.price, level.size, level.orders});
  return out;
}

void ExpectIceCheckpoint(const BookSet& books, const json& checkpoint) {
  SCOPED_TRACE("checkpoint at " + checkpoint["at"].dump());
  const json& expected = checkpoint["books"];
  books.ForEachBook([&](Book book) {
    const std::string name = std::to_string(book.instrument_id());
    SCOPED_TRACE(name);
    const json want =
        expected.contains(name) ? expected[name] : json{{"b", json::array()}, {"a", json::array()}};
    EXPECT_EQ(BothJson(book, Side::kBid), want["b"]);
    EXPECT_EQ(BothJson(book, Side::kAsk), want["a"]);
  });
}

Key EpochAndNumber(uint64_t epoch, uint64_t number) { return {epoch, number}; }
Key Number(uint64_t, uint64_t number) { return {number}; }

TEST(ExpectedCaptures, IexDeepTwelveSessions) {
  CaptureRun run("iex_deep.deep10_20170425_head60000.books.json.gz", Enough());
  const auto capture = CaptureFile("iex/deep10_20170425_head60000.pcap");
  if (!run.is_there() || !capture) GTEST_SKIP() << kNoCaptures;
  run.Run(Replay({.path = capture->string(), .codec = "iex_deep10"}), EpochAndNumber, true);
  EXPECT_EQ(run.books->stats().unknown_levels, 7u);
}

TEST(ExpectedCaptures, IexTops) {
  CaptureRun run("iex_tops.tops16_20170710_head6500.books.json.gz", Enough());
  const auto capture = CaptureFile("iex/tops16_20170710_head6500.pcap");
  if (!run.is_there() || !capture) GTEST_SKIP() << kNoCaptures;
  run.Run(Replay({.path = capture->string(), .codec = "iex_tops16"}), EpochAndNumber, true);
}

// Shares that were added are executed, cancelled, deleted or live.
void ExpectItch(const std::string& expected, const std::string& capture_name, uint64_t unknown) {
  CaptureRun run(expected, Enough());
  const auto capture = CaptureFile(capture_name);
  if (!run.is_there() || !capture) GTEST_SKIP() << kNoCaptures;
  const Replayed replayed = Replay({.path = capture->string(), .codec = "itch50"});
  run.Run(replayed, Number, false);
  EXPECT_EQ(run.books->stats().faults[static_cast<size_t>(Cause::kUnknownOrder)], unknown);
  uint64_t live = 0;
  run.books->ForEachBook([&](Book book) { live += SharesOf(book); });
  EXPECT_EQ(live, (*run.file)["shares"]["live"].get<uint64_t>());
}

TEST(ExpectedCaptures, ItchSynthetic) {
  ExpectItch("itch.synthetic_8009.books.json.gz", "itch/synthetic_8009.itch", 0);
}

TEST(ExpectedCaptures, ItchTwoOfEachType) {
  ExpectItch("itch.20191230_2_per_type.books.json.gz", "itch/20191230_2_per_type.itch", 9);
}

TEST(ExpectedCaptures, PitchMulticastAfterEachMessage) {
  CaptureRun run("pitch_mcast.mcastpitch_realtime_useq.books.json.gz", Enough());
  const auto capture = CaptureFile("pitch/mcastpitch_realtime_useq.pcap");
  if (!run.is_there() || !capture) GTEST_SKIP() << kNoCaptures;
  const Replayed replayed = Replay({.path = capture->string(), .codec = "cboe_pitch"});
  run.Run(replayed, Number, true);
  // Once more, message by message.
  const std::unique_ptr<BookSet> books = MakeBooks(Enough());
  size_t i = 0;
  for (const json& after : (*run.file)["after_each_message"]) {
    SCOPED_TRACE(after.dump());
    for (; i < replayed.updates.size() && fh_number(replayed.updates[i].sequence) <= after[0];
         ++i) {
      books->Apply({&replayed.updates[i], 1}, [](const Notice&) {});
    }
    books->ForEachBook([&](Book book) { ExpectLevels(book, after[3]); });
  }
}

// ---- Cboe PITCH in ASCII, which no codec here speaks: its lines as the updates of a PITCH feed.

class PitchAscii {
 public:
  // The updates of a line; none for trades, which name no order.
  std::vector<NormalizedUpdate> Parse(const std::string& line, uint64_t number) {
    const std::string id_text = line.substr(10, 12);
    const uint64_t id = std::stoull(id_text, nullptr, 36);
    if (line[9] == 'A') {
      const std::string symbol(absl::StripAsciiWhitespace(line.substr(29, 6)));
      const auto [at, is_new] = ids.emplace(symbol, static_cast<uint32_t>(ids.size() + 1));
      if (is_new) names[at->second] = symbol;
      return {OrderUpdate('A', at->second, number, id, line[22] == 'B' ? 'B' : 'A',
                          std::stoull(line.substr(23, 6)),
                          std::stoll(line.substr(35, 10)) * 100'000)};
    }
    if (line[9] != 'X' && line[9] != 'E') return {};
    const uint64_t size = std::stoull(line.substr(22, 6));
    NormalizedUpdate cancel =
        OrderUpdate('C', FH_UNKNOWN_INSTRUMENT, number, id, FH_SIDE_NONE, size, FH_UNDEFINED_PRICE);
    if (line[9] == 'X') return {cancel};
    NormalizedUpdate trade = Other(FH_RECORD_TRADE, FH_ACTION_TRADE, FH_UNKNOWN_INSTRUMENT, number);
    trade.trade = {.trade_id = 0, .price = FH_UNDEFINED_PRICE, .size = size};
    NormalizedUpdate fill = cancel;
    fill.action = FH_ACTION_FILL;
    fill.flags = 0;
    return {trade, fill, cancel};
  }

  std::map<std::string, uint32_t> ids;
  std::map<uint32_t, std::string> names;
};

TEST(ExpectedCaptures, PitchAsciiFindsInstrumentsByTheirOrders) {
  BookOptions options = Enough();
  options.channel.order_ids = OrderIds::kOfStream;
  CaptureRun run("pitch_ascii.pitch_ascii_example.books.json.gz", options);
  const auto capture = CaptureFile("pitch/pitch_ascii_example.gz");
  if (!run.is_there() || !capture) GTEST_SKIP() << kNoCaptures;
  PitchAscii parser;
  Replayed replayed;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> lines(gzopen(capture->string().c_str(), "rb"),
                                                         gzclose);
  uint64_t number = 0;
  for (char line[256]; gzgets(lines.get(), line, sizeof line) != nullptr;) {
    for (const NormalizedUpdate& update : parser.Parse(line, ++number)) {
      replayed.updates.push_back(update);
    }
  }
  for (const auto& [id, name] : parser.names) replayed.names[{0, id}] = {{0, name}};
  run.Run(replayed, Number, true);
  EXPECT_EQ(run.books->orders(), 784u);
  uint64_t live = 0;
  run.books->ForEachBook([&](Book book) { live += SharesOf(book); });
  EXPECT_EQ(live, (*run.file)["shares"]["live"].get<uint64_t>());
}

// ---- ICE: no definition is in the captures, so one of nine decimals is made for every market, and
// prices come out as they are on the wire.

std::vector<NormalizedUpdate> IceUpdates(const std::string& path) {
  namespace ice = codecs::ice;
  codecs::InstrumentStore store(4'096);
  std::unique_ptr<codecs::Codec> codec =
      *(*codecs::FindCodec("ice_impact"))->make({.instruments = &store});
  const auto decode_all = [&] {
    std::vector<NormalizedUpdate> updates;
    const absl::Status status =
        test::ForEachPacket(path, [&](const test::CapturedPacket& captured) {
          for (const NormalizedUpdate& update :
               test::DecodePacket(*codec, captured.packet).updates) {
            updates.push_back(update);
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return updates;
  };
  std::set<uint32_t> markets;
  for (const NormalizedUpdate& update : decode_all()) markets.insert(update.instrument_id);
  codec = *(*codecs::FindCodec("ice_impact"))->make({.instruments = &store});
  for (const uint32_t market : markets) {
    if (market == FH_ALL_INSTRUMENTS || market == FH_UNKNOWN_INSTRUMENT) continue;
    ice::BlockWriter block({});
    uint8_t* message = block.Add(ice::kExpiryMessage);
    ice::kMarketId.Put(message, market);
    ice::expiry::kOrderPriceDenominator.Put(message, '9');
    ice::expiry::kDealPriceDenominator.Put(message, '9');
    ice::expiry::kSettlePriceDenominator.Put(message, '9');
    const test::PacketBytes bytes(block.Bytes());
    test::DecodePacket(*codec, bytes.packet());
  }
  return decode_all();
}

void ExpectIce(const std::string& expected, const std::string& capture_name) {
  const std::optional<json> file = ExpectedBooks(expected);
  const auto capture = CaptureFile(capture_name);
  if (!file || !capture) GTEST_SKIP() << kNoCaptures;
  const std::unique_ptr<BookSet> books = MakeBooks(Enough());
  TopLog all(*file, "tops");
  TopLog real(*file, "tops_real");
  const json& checkpoints = (*file)["checkpoints"];
  size_t checkpoint = 0;
  const std::vector<NormalizedUpdate> updates = IceUpdates(capture->string());
  const auto check = [&](uint64_t next) {
    for (; checkpoint < checkpoints.size() && checkpoints[checkpoint]["at"][1] < next;
         ++checkpoint) {
      ExpectIceCheckpoint(*books, checkpoints[checkpoint]);
    }
  };
  for (const NormalizedUpdate& update : updates) {
    const uint64_t number = fh_number(update.sequence);
    check(number);
    books->Apply({&update, 1}, [&](const Notice& notice) {
      const Book book = books->book(notice.book);
      const std::string name = std::to_string(book.instrument_id());
      if ((notice.kinds & kTop) != 0) real.Add({0, number}, name, book.top());
      if ((notice.kinds & kConsolidatedTop) != 0) {
        all.Add({0, number}, name, book.consolidated_top());
      }
    });
  }
  check(UINT64_MAX);
  all.ExpectAll();
  real.ExpectAll();
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
}

TEST(ExpectedCaptures, IceWithImpliedOrdersBesideTheRealOnes) {
  ExpectIce("ice.impact_1.1.33_20180821_head4340.books.json.gz",
            "ice/impact_1.1.33_20180821_head4340.pcap");
}

TEST(ExpectedCaptures, IceOlderVersion) {
  ExpectIce("ice.impact_1.1.24_20160804.books.json.gz", "ice/impact_1.1.24_20160804.pcap");
}

// ---- CME: levels of both kinds, by their depth.

// Tops come ascending by instrument where a packet ends an event.
class TopsOfPacket {
 public:
  explicit TopsOfPacket(TopLog& log) : log_(log) {}
  void Add(uint32_t instrument, const Top& top) { tops_[instrument] = top; }
  void Flush(uint64_t number) {
    for (const auto& [instrument, top] : tops_) {
      log_.Add({340, number}, std::to_string(instrument), top);
    }
    tops_.clear();
  }

 private:
  TopLog& log_;
  std::map<uint32_t, Top> tops_;
};

TEST(ExpectedCaptures, CmeDirectImpliedAndConsolidatedLevels) {
  const std::optional<json> file = ExpectedBooks("cme.mdp3_v1.6_20161112_AB.books.json.gz");
  const auto capture = CaptureFile("cme/mdp3_v1.6_20161112_AB.pcapng");
  if (!file || !capture) GTEST_SKIP() << kNoCaptures;
  constexpr uint32_t kExcluded = 411873;
  BookOptions options = Enough();
  options.channel.places = codecs::PlaceRule::kByPriceAndSize;
  options.channel.depth = 10;
  const std::unique_ptr<BookSet> books = MakeBooks(options);
  TopLog direct_log(*file, "tops");
  TopLog both_log(*file, "tops_consolidated");
  TopsOfPacket direct(direct_log);
  TopsOfPacket both(both_log);
  const json& checkpoints = (*file)["checkpoints"];
  size_t checkpoint = 0;
  uint64_t number = 0;
  int64_t event_ns = 0;
  const auto flush = [&] {
    direct.Flush(number);
    both.Flush(number);
  };
  const auto check = [&](uint64_t next) {
    flush();
    for (; checkpoint < checkpoints.size() && checkpoints[checkpoint]["at"][1] < next;
         ++checkpoint) {
      SCOPED_TRACE(checkpoints[checkpoint]["at"].dump());
      const json& expected = checkpoints[checkpoint]["books"];
      books->ForEachBook([&](Book book) {
        if (book.instrument_id() == kExcluded) return;
        const std::string name = "340/" + std::to_string(book.instrument_id());
        SCOPED_TRACE(name);
        json want = expected.contains(name) ? expected[name] : json::object();
        for (const char* part : {"b", "a", "ib", "ia"}) {
          if (!want.contains(part)) want[part] = json::array();
        }
        EXPECT_EQ(SideJson(book.bids(), want["b"]), want["b"]);
        EXPECT_EQ(SideJson(book.asks(), want["a"]), want["a"]);
        EXPECT_EQ(SideJson(book.implied().bids(), want["ib"]), want["ib"]);
        EXPECT_EQ(SideJson(book.implied().asks(), want["ia"]), want["ia"]);
      });
    }
  };
  const Replayed replayed = Replay({.path = capture->string(), .codec = "cme_mdp3"});
  for (const NormalizedUpdate& update : replayed.updates) {
    if (fh_number(update.sequence) != number) check(fh_number(update.sequence));
    // A packet may hold several events, of different times.
    if (update.ts_event_ns != event_ns) flush();
    event_ns = update.ts_event_ns;
    number = fh_number(update.sequence);
    books->Apply({&update, 1}, [&](const Notice& notice) {
      const Book book = books->book(notice.book);
      if (book.instrument_id() == kExcluded) return;
      if ((notice.kinds & kTop) != 0) direct.Add(book.instrument_id(), book.top());
      if ((notice.kinds & kConsolidatedTop) != 0) {
        both.Add(book.instrument_id(), book.consolidated_top());
      }
    });
  }
  check(UINT64_MAX);
  EXPECT_EQ(checkpoint, checkpoints.size());
  direct_log.ExpectAll();
  both_log.ExpectAll();
  EXPECT_EQ(books->stats().cut_levels, (*file)["counts"]["implicit_drop"].get<uint64_t>());
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
}

}  // namespace
}  // namespace fh::books
