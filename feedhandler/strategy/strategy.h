// A strategy as a C++ class. The standard library only: a plugin links nothing of this project.
//
//   class VolumeCounter {
//    public:
//     static constexpr char kName[] = "volume_counter";
//     static constexpr char kHelp[] = "Counts traded volume. Parameters: none.";
//
//     // Null, with a sentence in `error`, refuses.
//     static std::unique_ptr<VolumeCounter> Create(fh::Host host, std::string_view parameters,
//                                                  std::string& error);
//
//     void OnUpdates(std::span<const fh::codecs::NormalizedUpdate> updates);
//
//     void OnIdle();                  // Optional: no update is waiting.
//     bool OnStop(std::string& error);  // Optional: after the last update; false reports `error`.
//     std::string Summary();          // Optional: lines for the report at the end.
//     void OnBook(const fh_book_notice& notice);  // Optional: what host.Books().Subscribe asked for.
//   };
//   FH_PLUGIN(VolumeCounter)          // In a plugin: exports it.
//
// Threads, costs and compatibility: feedhandler/strategy/plugin.h. In short: Create, Summary and
// the destructor run on the main thread, the rest on the strategy's thread, never two at once;
// OnUpdates must not block, and what it is given is valid only during the call.
//
// OnUpdates, OnBook, OnIdle and the destructor must not throw: that ends the program (std::terminate). What
// Create, OnStop and Summary throw is caught here and reported.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_STRATEGY_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_STRATEGY_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codecs/update.h"
#include "feedhandler/strategy/plugin.h"

namespace fh {

enum class LogSeverity : int {
  kInfo = FH_LOG_INFO,
  kWarning = FH_LOG_WARNING,
  kError = FH_LOG_ERROR
};

using codecs::UnknownTerms;

// The order books of the strategy's thread (book_abi.h, which says when they show what): a copyable
// handle, valid for the strategy's life. Of a thread without books everything is empty, and Subscribe
// and Watch say false.
class BookView {
 public:
  BookView() = default;
  explicit BookView(const fh_books* books) : books_(books) {}

  // Whether the thread keeps books.
  explicit operator bool() const { return books_ != nullptr; }

  fh_book Find(uint16_t channel_id, uint32_t instrument_id, int family = FH_BOOK_OF_ANY) const {
    if (books_ == nullptr) return FH_NO_BOOK;
    return books_->find(books_->context, channel_id, instrument_id, family);
  }

  fh_book_top Top(fh_book book, int part = FH_BOOK_DIRECT) const {
    fh_book_top top{FH_UNDEFINED_PRICE, FH_UNDEFINED_PRICE, 0, 0};
    if (books_ != nullptr) books_->top(books_->context, book, part, &top);
    return top;
  }

  // The best levels of a side ('B' or 'A') in `levels`, best first: those of them that there are.
  std::span<fh_book_level> Levels(fh_book book, char side, std::span<fh_book_level> levels,
                                  int part = FH_BOOK_DIRECT) const {
    if (books_ == nullptr) return {};
    return levels.first(
        books_->levels(books_->context, book, part, side, levels.data(), levels.size()));
  }

  fh_book_state State(fh_book book) const {
    fh_book_state state{};
    state.struct_size = sizeof(state);
    if (books_ != nullptr) books_->state(books_->context, book, &state);
    return state;
  }

  // False when the book has no such order.
  bool Position(fh_book book, uint64_t order_id, fh_queue_position& position) const {
    return books_ != nullptr && books_->position(books_->context, book, order_id, &position) != 0;
  }

  bool Watch(uint16_t channel_id, uint32_t instrument_id, uint64_t order_id) const {
    return books_ != nullptr &&
           books_->watch(books_->context, channel_id, instrument_id, order_id) != 0;
  }
  void Unwatch(uint16_t channel_id, uint32_t instrument_id, uint64_t order_id) const {
    if (books_ != nullptr) books_->unwatch(books_->context, channel_id, instrument_id, order_id);
  }

  // `kinds`: FH_BOOK_*; 0: none any more.
  bool Subscribe(uint16_t channel_id, uint32_t instrument_id, uint32_t kinds, uint32_t levels = 1,
                 int64_t interval_ns = 0) const {
    return books_ != nullptr && books_->subscribe(books_->context, channel_id, instrument_id, kinds,
                                                  levels, interval_ns) != 0;
  }

  // The same of every book of the thread that nothing else is asked for.
  bool SubscribeAll(uint32_t kinds, uint32_t levels = 1, int64_t interval_ns = 0) const {
    return books_ != nullptr &&
           books_->subscribe_all(books_->context, kinds, levels, interval_ns) != 0;
  }

  // The orders of a level in `orders`, the oldest first: those of them that there are.
  std::span<fh_book_order> Orders(fh_book book, char side, int64_t price,
                                  std::span<fh_book_order> orders) const {
    if (books_ == nullptr) return {};
    return orders.first(
        books_->orders(books_->context, book, side, price, orders.data(), orders.size()));
  }

  // The average price of taking `size` from the side; kUndefinedPrice when it is empty. `filled`: how
  // much of it there is.
  int64_t Vwap(fh_book book, char side, uint64_t size, uint64_t& filled) const {
    int64_t price = FH_UNDEFINED_PRICE;
    filled = 0;
    if (books_ != nullptr) books_->vwap(books_->context, book, side, size, &price, &filled);
    return price;
  }

 private:
  const fh_books* books_ = nullptr;
};

// The program as a strategy sees it: a copyable handle, valid for the strategy's life.
class Host {
 public:
  explicit Host(const fh_host* host) : host_(host) {}

  // The symbol in `buffer`, cut to its size less one; empty when the id is not known. No
  // allocation.
  std::string_view Symbol(uint16_t channel_id, uint32_t instrument_id,
                          std::span<char> buffer) const {
    const size_t length =
        host_->symbol(host_->context, channel_id, instrument_id, buffer.data(), buffer.size());
    return {buffer.data(), std::min(length, buffer.empty() ? 0 : buffer.size() - 1)};
  }

  // The same as a string, for summaries.
  std::string Symbol(uint16_t channel_id, uint32_t instrument_id) const {
    std::array<char, 64> buffer;
    return std::string(Symbol(channel_id, instrument_id, buffer));
  }

  // What is known of the instrument. No allocation.
  fh_terms Terms(uint16_t channel_id, uint32_t instrument_id) const {
    fh_terms terms = UnknownTerms();
    host_->terms(host_->context, channel_id, instrument_id, &terms);
    return terms;
  }

  // The thread's order books; false when it keeps none.
  BookView Books() const { return BookView(fh_host_books(host_)); }

  // One line into the program's log. Not for the hot path.
  void Log(LogSeverity severity, const std::string& text) const {
    host_->log(host_->context, static_cast<int>(severity), text.c_str());
  }

 private:
  const fh_host* host_;
};

template <class T>
concept Strategy = requires(T strategy, Host host, std::string_view parameters, std::string& error,
                            std::span<const codecs::NormalizedUpdate> updates) {
  { T::kName } -> std::convertible_to<const char*>;
  { T::kHelp } -> std::convertible_to<const char*>;
  { T::Create(host, parameters, error) } -> std::same_as<std::unique_ptr<T>>;
  { strategy.OnUpdates(updates) } -> std::same_as<void>;
};

namespace strategy_internal {

inline void CopyText(std::string_view text, char* out, size_t bytes) noexcept {
  if (bytes == 0) return;
  const size_t length = std::min(text.size(), bytes - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

// Runs `body`; false, with the text in `error`, when it threw.
template <class Body>
bool Guard(Body body, char* error, size_t error_bytes) noexcept {
#if defined(__cpp_exceptions)
  try {
    body();
    return true;
  } catch (const std::exception& exception) {
    CopyText(exception.what(), error, error_bytes);
  } catch (...) {
    CopyText("an exception that is not a std::exception", error, error_bytes);
  }
  return false;
#else
  (void)error;
  (void)error_bytes;
  body();
  return true;
#endif
}

template <Strategy T>
struct Thunks {
  static constexpr bool kHasOnIdle = requires(T strategy) { strategy.OnIdle(); };
  static constexpr bool kHasOnStop = requires(T strategy, std::string& error) {
    { strategy.OnStop(error) } -> std::same_as<bool>;
  };
  static constexpr bool kHasSummary = requires(T strategy) {
    { strategy.Summary() } -> std::convertible_to<std::string>;
  };

  static constexpr bool kHasOnBook = requires(T strategy, const fh_book_notice& notice) {
    strategy.OnBook(notice);
  };

  static void* Create(const fh_host* host, const char* parameters, char* error,
                      size_t error_bytes) noexcept {
    std::unique_ptr<T> strategy;
    const auto create = [&] {
      std::string text;
      strategy = T::Create(Host(host), parameters, text);
      if (strategy == nullptr) CopyText(text, error, error_bytes);
    };
    if (!Guard(create, error, error_bytes)) return nullptr;
    if constexpr (kHasOnBook) {
      const fh_books* books = fh_host_books(host);
      if (books != nullptr && strategy != nullptr) {
        books->listen(books->context, OnBook, strategy.get());
      }
    }
    return strategy.release();
  }

  static void OnBook(void* self, const fh_book_notice* notice) noexcept {
    if constexpr (kHasOnBook) static_cast<T*>(self)->OnBook(*notice);
  }

  static void OnUpdates(void* self, const fh_update* updates, size_t count) noexcept {
    static_cast<T*>(self)->OnUpdates(std::span<const codecs::NormalizedUpdate>(updates, count));
  }

  static void OnIdle(void* self) noexcept {
    if constexpr (kHasOnIdle) static_cast<T*>(self)->OnIdle();
  }

  static int OnStop(void* self, char* error, size_t error_bytes) noexcept {
    int failed = 0;
    if constexpr (kHasOnStop) {
      const auto stop = [&] {
        std::string text;
        if (static_cast<T*>(self)->OnStop(text)) return;
        failed = 1;
        CopyText(text, error, error_bytes);
      };
      if (!Guard(stop, error, error_bytes)) failed = 1;
    }
    return failed;
  }

  static void Summary(void* self, char* out, size_t bytes) noexcept {
    if constexpr (kHasSummary) {
      Guard([&] { CopyText(static_cast<T*>(self)->Summary(), out, bytes); }, out, bytes);
    }
  }

  static void Destroy(void* self) noexcept { delete static_cast<T*>(self); }

  static constexpr fh_strategy kTable = {
      .struct_size = sizeof(fh_strategy),
      .abi_version = FH_PLUGIN_ABI_VERSION,
      .update_size = sizeof(fh_update),
      .reserved = 0,
      .name = T::kName,
      .help = T::kHelp,
      .create = Create,
      .on_updates = OnUpdates,
      .on_idle = kHasOnIdle ? OnIdle : nullptr,
      .on_stop = kHasOnStop ? OnStop : nullptr,
      .summary = kHasSummary ? Summary : nullptr,
      .destroy = Destroy,
  };
};

}  // namespace strategy_internal

// The C table of a class. Lives as long as the program or library that it is compiled into.
template <Strategy T>
const fh_strategy* StrategyTable() {
  return &strategy_internal::Thunks<T>::kTable;
}

}  // namespace fh

// Exports the class `T` as the plugin of this shared library. Once a library, outside any
// namespace.
#define FH_PLUGIN(T) \
  FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) { return ::fh::StrategyTable<T>(); }

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_STRATEGY_H_
