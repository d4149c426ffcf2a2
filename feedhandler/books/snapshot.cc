// A BookSet as bytes, and back. All numbers are little-endian:
//
//   "FHBOOKS1"                                                  8 bytes
//   streams: u32 count; each u64 key, u8 doubtful, u8 stale, u64 since
//   books: u32 count; each u16 channel, u16 stream, u32 instrument, u8 family, u8 parts (1, 2),
//     u8 state, u8 cause, u8 open, u8 stale, u8 replaced side, u8 condition changed, u64 since,
//     u64 sequence, i64 ts_event_ns, i64 ts_recv_ns, u64 replaced sequence
//     each part: u8 depth, tops shown (8 values), u64 hash shown; each side: u32 changed, u32 levels;
//     each level, the worst first: i64 price, then u64 size, u32 orders; or, in a book of orders,
//     u32 orders, each u64 id, u64 size. Behind the sides u32 unplaced orders, each u64 id, u64 size,
//     i64 price, u8 side
//   u64 checksum of all before
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "feedhandler/books/book_set_impl.h"

namespace fh::books {
namespace {

constexpr std::string_view kMagic = "FHBOOKS1";

uint64_t Checksum(std::string_view bytes) {
  uint64_t sum = 0xCBF29CE484222325u;
  for (const char c : bytes) sum = (sum ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  return sum;
}

class Writer {
 public:
  void Bytes(std::string_view bytes) { out_.append(bytes); }
  void Number(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void U8(uint8_t value) { Number(value, 1); }
  void U16(uint16_t value) { Number(value, 2); }
  void U32(uint32_t value) { Number(value, 4); }
  void U64(uint64_t value) { Number(value, 8); }
  void I64(int64_t value) { Number(static_cast<uint64_t>(value), 8); }
  void Shown(const Top& top) {
    I64(top.bid_price);
    U64(top.bid_size);
    I64(top.ask_price);
    U64(top.ask_size);
  }
  std::string Finish() {
    U64(Checksum(out_));
    return std::move(out_);
  }

 private:
  std::string out_;
};

// Of what is not there it reads zeroes, and says so.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t Number(size_t bytes) {
    if (bytes_.size() - offset_ < bytes) {
      is_short_ = true;
      return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i) {
      value |= uint64_t{static_cast<uint8_t>(bytes_[offset_ + i])} << (8 * i);
    }
    offset_ += bytes;
    return value;
  }
  uint8_t U8() { return static_cast<uint8_t>(Number(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Number(2)); }
  uint32_t U32() { return static_cast<uint32_t>(Number(4)); }
  uint64_t U64() { return Number(8); }
  int64_t I64() { return static_cast<int64_t>(Number(8)); }
  Top Shown() {
    Top top;
    top.bid_price = I64();
    top.bid_size = U64();
    top.ask_price = I64();
    top.ask_size = U64();
    return top;
  }
  // How many things of at least `bytes` each follow; none can be more than there are bytes.
  uint32_t Count(size_t bytes) {
    const uint32_t count = U32();
    if (count > (bytes_.size() - offset_) / bytes) is_short_ = true;
    return is_short_ ? 0 : count;
  }
  size_t offset() const { return offset_; }
  bool is_short() const { return is_short_; }
  bool at_end() const { return offset_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  size_t offset_ = 0;
  bool is_short_ = false;
};

}  // namespace

// ---- Out

struct BookSet::Saver {
  const Impl& impl;
  Writer out;

  void Side(const Impl::BookSlot& book, size_t s) {
    const Impl::SideSlot& side = book.sides[s];
    out.U32(side.changed);
    out.U32(side.count);
    for (uint32_t i = 0; i < side.count; ++i) {
      const Impl::LevelSlot& level = impl.LevelsOf(side)[i];
      out.I64(level.price);
      if (book.family != static_cast<uint8_t>(Family::kOrders)) {
        out.U64(level.low);
        out.U32(level.orders);
        continue;
      }
      out.U32(level.orders);
      for (const Order order : Orders(impl.tables.orders, level.head)) {
        out.U64(order.id);
        out.U64(order.size);
      }
    }
  }

  void Part(const Impl::BookSlot& book) {
    out.U8(book.depth);
    out.Shown(book.shown);
    out.Shown(book.shown_consolidated);
    out.U64(book.hash_shown);
    Side(book, 0);
    Side(book, 1);
    uint32_t unplaced = 0;
    uint32_t last = detail::kNobody;
    for (uint32_t at = book.loose; at != detail::kNobody; at = impl.tables.orders[at].behind) {
      ++unplaced;
      last = at;
    }
    out.U32(unplaced);
    // Each that is read goes to the front, so the last one is written first.
    for (uint32_t at = last; at != detail::kNobody; at = impl.tables.orders[at].ahead) {
      const Impl::OrderSlot& order = impl.tables.orders[at];
      out.U64(order.id);
      out.U64(order.size);
      out.I64(order.price);
      out.U8(order.side);
    }
  }

  void Book(const Impl::BookSlot& book) {
    out.U16(book.channel_id);
    out.U16(book.stream);
    out.U32(book.instrument_id);
    out.U8(book.family);
    out.U8(book.implied == detail::kNobody ? 1 : 2);
    out.U8(book.state);
    out.U8(book.cause);
    out.U8(book.is_open);
    out.U8(book.is_stale);
    out.U8(book.replaced_side);
    out.U8(book.condition_changed);
    out.U64(book.since);
    out.U64(book.sequence);
    out.I64(book.ts_event_ns);
    out.I64(book.ts_recv_ns);
    out.U64(book.replaced_sequence);
    Part(book);
    if (book.implied != detail::kNobody) Part(impl.tables.books[book.implied]);
  }
};

std::string BookSet::Save() const {
  Saver saver{*impl_, {}};
  Writer& out = saver.out;
  out.Bytes(kMagic);
  uint32_t streams = 0;
  for (const Stream& stream : impl_->streams) streams += stream.key != 0;
  out.U32(streams);
  for (const Stream& stream : impl_->streams) {
    if (stream.key == 0) continue;
    out.U64(stream.key);
    out.U8(stream.is_doubtful);
    out.U8(stream.is_stale);
    out.U64(stream.since);
  }
  uint32_t books = 0;
  ForEachBook([&](Book) { ++books; });
  out.U32(books);
  ForEachBook([&](Book book) { saver.Book(tables_.books[book.index()]); });
  return out.Finish();
}

// ---- In

struct BookSet::Loader {
  Impl& impl;
  Reader in;

  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("snapshot of books, at byte ", in.offset(), ": ",
                                                   in.is_short() ? "it ends too early" : what));
  }
  static absl::Status Full(absl::string_view what) {
    return absl::ResourceExhaustedError(absl::StrCat("snapshot of books: configure more ", what));
  }

  absl::Status AddOrder(Impl::BookSlot& book, Impl::OrderSlot wanted) {
    if (in.is_short()) return Wrong("");
    if (impl.FindOrder(book.channel_id, book.instrument_id, book.stream, wanted.id) !=
        detail::kNobody) {
      return Wrong("an order is there twice");
    }
    if (impl.orders_top > impl.options.orders) return Full("orders");
    const uint32_t index = impl.orders_top;
    wanted.book = impl.IndexOf(book);
    wanted.instrument_id = book.instrument_id;
    wanted.channel_id = book.channel_id;
    wanted.stream = book.stream;
    impl.tables.orders[index] = wanted;
    if (!impl.ids.Insert(impl.HashOf(wanted), index)) return Full("orders");
    ++impl.orders_top;
    ++impl.orders_used;
    if (!impl.Link(book, index, /*at_head=*/false)) return Full("levels");
    return absl::OkStatus();
  }

  absl::Status Level(Impl::BookSlot& book, size_t s) {
    const int64_t price = in.I64();
    const Impl::SideSlot& side = book.sides[s];
    if (price == FH_UNDEFINED_PRICE) return Wrong("a level without a price");
    if (side.count > 0 && detail::Goodness(s, impl.LevelsOf(side)[side.count - 1].price) >=
                              detail::Goodness(s, price)) {
      return Wrong("prices that do not rise");
    }
    if (book.family != static_cast<uint8_t>(Family::kOrders)) {
      const uint64_t size = in.U64();
      const uint32_t orders = in.U32();
      const bool is_top = book.family == static_cast<uint8_t>(Family::kTops);
      if (in.is_short() || (size == 0 && !is_top)) return Wrong("a level without a size");
      if (is_top && side.count == 1) return Wrong("two levels of a top");
      if (!impl.InsertLevel(book, s, side.count, {.price = price, .low = size, .orders = orders})) {
        return Full("levels");
      }
      return absl::OkStatus();
    }
    const uint32_t orders = in.Count(16);
    if (orders == 0) return Wrong("a level without orders");
    for (uint32_t i = 0; i < orders; ++i) {
      const uint64_t id = in.U64();
      const uint64_t size = in.U64();
      if (size == 0) return Wrong("an order without a size");
      const absl::Status status =
          AddOrder(book, {.id = id, .size = size, .price = price, .side = static_cast<uint8_t>(s)});
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Part(Impl::BookSlot& book) {
    book.depth = in.U8();
    book.shown = in.Shown();
    book.shown_consolidated = in.Shown();
    book.hash_shown = in.U64();
    uint32_t changed[2] = {};
    for (size_t s = 0; s < 2; ++s) {
      changed[s] = in.U32();
      const uint32_t levels = in.Count(12);
      if (in.is_short()) return Wrong("");
      for (uint32_t i = 0; i < levels; ++i) {
        if (absl::Status status = Level(book, s); !status.ok()) return status;
      }
    }
    const uint32_t unplaced = in.Count(25);
    if (in.is_short()) return Wrong("");
    if (unplaced != 0 && book.family != static_cast<uint8_t>(Family::kOrders)) {
      return Wrong("orders in a book that has none");
    }
    for (uint32_t i = 0; i < unplaced; ++i) {
      Impl::OrderSlot order{};
      order.id = in.U64();
      order.size = in.U64();
      order.price = in.I64();
      order.side = in.U8();
      if (order.side > 1 || (order.size != 0 && order.price != FH_UNDEFINED_PRICE)) {
        return Wrong("an unplaced order that has a place");
      }
      if (absl::Status status = AddOrder(book, order); !status.ok()) return status;
    }
    for (size_t s = 0; s < 2; ++s) book.sides[s].changed = changed[s];
    return absl::OkStatus();
  }

  absl::Status Book() {
    Update about{.side = FH_SIDE_NONE};
    about.channel_id = in.U16();
    about.sequence = fh_sequence(in.U16(), 0);
    about.instrument_id = in.U32();
    const uint8_t family = in.U8();
    const uint8_t parts = in.U8();
    const bool has_name =
        about.instrument_id != FH_ALL_INSTRUMENTS && about.instrument_id != FH_UNKNOWN_INSTRUMENT;
    if (in.is_short() || !has_name || family >= kFamilies || parts < 1 || parts > 2) {
      return Wrong("a book of nothing");
    }
    Impl::InstrumentSlot* const instrument =
        impl.InstrumentOf(about.channel_id, about.instrument_id);
    if (instrument == nullptr) return Full("instruments");
    if (instrument->books[family] != detail::kNobody) return Wrong("a book that is there twice");
    Impl::BookSlot* const book = impl.BookOf(instrument, static_cast<Family>(family), about);
    if (book == nullptr) return Full("books");
    book->state = in.U8();
    book->cause = in.U8();
    const uint8_t is_open = in.U8();
    book->is_stale = in.U8();
    book->replaced_side = in.U8();
    const uint8_t condition_changed = in.U8();
    book->since = in.U64();
    book->sequence = in.U64();
    book->ts_event_ns = in.I64();
    book->ts_recv_ns = in.I64();
    book->replaced_sequence = in.U64();
    const bool is_side = book->replaced_side == FH_SIDE_BID || book->replaced_side == FH_SIDE_ASK ||
                         book->replaced_side == FH_SIDE_NONE;
    if (book->state > 2 || book->cause >= kCauses || is_open > 1 || book->is_stale > 1 ||
        !is_side || condition_changed > 1) {
      return Wrong("a condition that there is not");
    }
    book->condition_changed = condition_changed & 1;
    about.sequence = book->sequence;
    if (is_open != 0) impl.Touch(*book, about, *instrument);
    if (absl::Status status = Part(*book); !status.ok() || parts == 1) return status;
    Impl::BookSlot* const implied = impl.ImpliedOf(*book);
    if (implied == nullptr) return Full("books");
    book->implied_changed = 1;
    return Part(*implied);
  }

  absl::Status All() {
    const uint32_t streams = in.Count(18);
    for (uint32_t i = 0; i < streams; ++i) {
      const uint64_t key = in.U64() - 1;
      Stream* const stream =
          impl.StreamOf(static_cast<uint16_t>(key >> 16), static_cast<uint16_t>(key));
      if (key >> 32 != 0) return Wrong("a stream that there is not");
      if (stream == nullptr) return Full("streams");
      stream->is_doubtful = in.U8() != 0;
      stream->is_stale = in.U8() != 0;
      stream->since = in.U64();
    }
    const uint32_t books = in.Count(64);
    if (in.is_short()) return Wrong("");
    for (uint32_t i = 0; i < books; ++i) {
      if (absl::Status status = Book(); !status.ok()) return status;
    }
    return in.at_end() ? absl::OkStatus() : Wrong("more than it says");
  }
};

absl::Status BookSet::Restore(std::string_view bytes) {
  if (impl_->book_count != 1 || impl_->stats.updates != 0) {
    return absl::FailedPreconditionError("a snapshot of books goes into a set as created");
  }
  if (bytes.size() < kMagic.size() + 8 || bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::InvalidArgumentError("this is no snapshot of books");
  }
  const std::string_view body = bytes.substr(0, bytes.size() - 8);
  if (Reader(bytes.substr(body.size())).U64() != Checksum(body)) {
    return absl::InvalidArgumentError("this snapshot of books is damaged: its checksum differs");
  }
  Loader loader{*impl_, Reader(body.substr(kMagic.size()))};
  const absl::Status status = loader.All();
  book_count_ = impl_->book_count;
  // Faults and ends of events of the first life are not of this one.
  impl_->stats = BookStats{};
  return status;
}

}  // namespace fh::books
