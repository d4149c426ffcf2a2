// The whole way from the socket to a strategy on another core, against a bare recvmmsg loop over
// the same datagrams (tests/bench/drain.h): receive, frame, arbitrate, decode into the ring,
// publish, give the slices back. The time is that of the feed thread's work; the strategy thread
// runs meanwhile on the other core and hashes what it sees.
//
// Datagrams are MoldUDP64 with messages of a synthetic ITCH day, as many as fit the size; messages
// that are too long for it are left out. What the strategy saw must be what a plain decode of the
// same datagrams gives.
//
//   pipeline_bench [BACKEND|books]      Lines: one, then A and B with every datagram on both.
//
// First what measuring costs: the pipeline with kernel stamps, every stage recorded and none. And what
// the book stage costs who wants no books: the strategy's thread alone, next to the same text without
// books (without_books.cc), and where the thread keeps books of other instruments.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "rio/backends.h"
#include "tests/bench/drain.h"
#include "tests/bench/itch_feed.h"
#include "tests/bench/report.h"
#include "tests/bench/strategy_side.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

constexpr int kSamples = 61;
constexpr double kLimit = 1.15;
constexpr double kMeasuringLimit = 1.03;
constexpr double kBooksLimit = 1.01;
constexpr int kBookSamples = 301;
constexpr uint32_t kMeasuredSlices = 4096;

template <class B>
void Measure(size_t line_count, uint32_t bytes, uint16_t port) {
  std::vector<rio::Subscription> lines;
  std::vector<rio::Subscription> bare_lines;
  std::vector<Filler> fillers;
  std::vector<Filler> bare_fillers;
  for (size_t i = 0; i < line_count; ++i) {
    lines.push_back(LoopbackLine(port++));
    bare_lines.push_back(LoopbackLine(port++));
    fillers.emplace_back(lines.back());
    bare_fillers.emplace_back(bare_lines.back());
  }
  rio::ReceiverOptions options;
  options.subscriptions = lines;
  const auto feed = std::make_unique<Feed<B>>(options);
  BareLoop bare(bare_lines);
  Stream stream(bytes);
  PlainDecode plain;
  Payloads payloads;
  const size_t datagrams = kDatagrams * line_count;
  const auto next = [&] {
    stream.Next(payloads);
    plain.Add(payloads);
  };
  const auto count = static_cast<double>(datagrams);
  const auto fill_ns = [&](std::vector<Filler>& all) {
    double sum = 0;
    for (Filler& filler : all) sum += filler.FillNs(payloads) / count;
    return sum;
  };
  const auto ours = [&] {
    const double filled_ns = fill_ns(fillers);
    return Turn{filled_ns, feed->DrainNs(datagrams) / count};
  };
  const auto theirs = [&] {
    const double filled_ns = fill_ns(bare_fillers);
    return Turn{filled_ns, bare.DrainNs(payloads) / count};
  };
  // The directory and what else comes before the order flow is not measured.
  while (!stream.IsOrderFlow()) {
    next();
    ours();
  }
  const uint64_t before = stream.messages();
  Comparison comparison{.name = "pipeline: " + std::string(B::kName) + ", " +
                                (line_count == 1 ? "one line" : "lines A and B") + ", " +
                                std::to_string(bytes) + " B",
                        .unit = "ns a datagram",
                        .subject = "socket to strategy",
                        .reference = "bare recvmmsg loop, batches of 64",
                        .limit = kLimit};
  AddTurns(comparison, kSamples, next, ours, theirs);
  const std::string sending = comparison.note;
  feed->Check(stream.messages(), plain.Summary());
  const double messages = static_cast<double>(stream.messages() - before);
  comparison.note = Note(comparison, messages / (kDatagrams * (kWarmUps + kSamples)), line_count) +
                    "; " + sending;
  comparison.Print();
}

// The same pipeline with everything recorded and with nothing: what measuring costs.
template <class B>
void MeasureMeasuring(size_t line_count, uint32_t bytes, uint16_t port) {
  struct Side {
    std::vector<rio::Subscription> lines;
    std::vector<Filler> fillers;
    std::unique_ptr<Feed<B>> feed;
  };
  Side sides[2];
  for (Side& side : sides) {
    for (size_t i = 0; i < line_count; ++i) {
      side.lines.push_back(LoopbackLine(port++));
      side.fillers.emplace_back(side.lines.back());
    }
    rio::ReceiverOptions options;
    options.subscriptions = side.lines;
    options.stamps = rio::ReceiveStamps::kSoftware;
    side.feed = std::make_unique<Feed<B>>(
        options, kMeasuredSlices, kSliceBytes,
        FeedChoice{.measure = &side == &sides[0], .idle = IdleMode::kYield});
  }
  Stream stream(bytes);
  Payloads payloads;
  const auto next = [&] { stream.Next(payloads); };
  const auto drain = [&](Side& side) {
    for (Filler& filler : side.fillers) filler.Fill(payloads);
    const size_t datagrams = kDatagrams * line_count;
    return side.feed->DrainNs(datagrams) / static_cast<double>(datagrams);
  };
  while (!stream.IsOrderFlow()) {
    next();
    for (Side& side : sides) drain(side);
  }
  Comparison comparison{.name = "measuring: " + std::string(B::kName) + ", " +
                                (line_count == 1 ? "one line" : "lines A and B") + ", " +
                                std::to_string(bytes) + " B",
                        .unit = "ns a datagram",
                        .subject = "every stage, split, sample and race",
                        .reference = "nothing recorded",
                        .limit = kMeasuringLimit};
  AddInterleaved(
      comparison, kSamples, next, [&] { return drain(sides[0]); }, [&] { return drain(sides[1]); });
  comparison.Print();
}

// Updates of the order flow, named.
std::vector<NormalizedUpdate> UpdatesOfTheFlow(codecs::InstrumentStore& instruments, size_t most) {
  constexpr size_t kMostOfADatagram = 1024;
  const std::unique_ptr<codecs::Codec> codec = MakeItchCodec(instruments);
  Stream stream(1400);
  Payloads payloads;
  std::vector<NormalizedUpdate> updates(most + kMostOfADatagram);
  size_t count = 0;
  while (count < most) {
    stream.Next(payloads);
    for (const rio::Sender::Datagram& datagram : payloads.datagrams()) {
      if (count >= most) break;
      rio::Packet packet{};
      packet.data = datagram.data;
      packet.length = datagram.length;
      codecs::PacketFrame frame;
      codec->Frame({&packet, 1}, {&frame, 1});
      const codecs::DecodeJob job{&packet, &frame, 0, frame.message_count, 0, 0};
      codecs::UpdateWriter writer(updates.data() + count, kMostOfADatagram, 0);
      codec->Decode({&job, 1}, writer);
      if (stream.IsOrderFlow()) count += writer.next();
    }
  }
  updates.resize(most);
  return updates;
}

void MeasureBooksNobodyWants() {
  constexpr size_t kUpdates = 1 << 17;
  codecs::InstrumentStore instruments(kSymbols);
  const std::vector<NormalizedUpdate> updates = UpdatesOfTheFlow(instruments, kUpdates);
  const StrategyThreadOptions options{.thread = {.name = "strategy", .cpu = kStrategyCpu}};
  std::string expected;
  WithoutBooksNs(kStrategyCpu, updates, expected);
  const auto check = [&](const std::string& hash) {
    if (hash != expected) Fail("the strategies saw different updates");
  };
  const auto without = [&] {
    std::string hash;
    const double ns = WithoutBooksNs(kStrategyCpu, updates, hash);
    check(hash);
    return ns;
  };
  const auto with = [&](std::unique_ptr<BookStage> books) {
    std::string hash;
    const double ns = StrategySideNs<StrategyThread>(options, updates, std::move(books), hash);
    check(hash);
    return ns;
  };
  Comparison none{.name = "books that nobody wants: a strategy thread",
                  .unit = "ns an update",
                  .subject = "books built in, none kept",
                  .reference = "the same text without books",
                  .limit = kBooksLimit};
  AddInterleaved(
      none, kBookSamples, [] {}, [&] { return with(nullptr); }, without);
  none.Print();
  Comparison others{.name = "books of other instruments: a strategy thread",
                    .unit = "ns an update",
                    .subject = "books { symbol: } of none of these",
                    .reference = "the same text without books"};
  const auto stage = [&] {
    BooksConfig config;
    config.instruments = 2 * kSymbols;
    config.orders = 1024;
    config.symbols = {"NOBODY"};
    auto books = BookStage::Create(config, {{.id = 1, .instruments = &instruments}});
    if (!books.ok()) Fail(std::string(books.status().message()));
    return *std::move(books);
  };
  AddInterleaved(
      others, kSamples, [] {}, [&] { return with(stage()); }, without);
  others.Print();
}

template <class B>
void MeasureBackend(uint16_t port) {
  if (const rio::ProbeResult probe = B::Probe(); !probe.available) {
    std::printf("%s: skipped: %s\n", B::kName, probe.reason.c_str());
    return;
  }
  for (const size_t lines : {1u, 2u}) {
    for (const uint32_t bytes : {64u, 1400u}) {
      MeasureMeasuring<B>(lines, bytes, port);
      port = static_cast<uint16_t>(port + 4);
    }
  }
  for (const size_t lines : {1u, 2u}) {
    for (const uint32_t bytes : {64u, 200u, 1400u}) {
      Measure<B>(lines, bytes, port);
      port = static_cast<uint16_t>(port + 4);
    }
  }
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) {
  if (fh::AllowedCpus() < 2) {
    std::printf("pipeline_bench: needs two cores\n");
    return 0;
  }
  fh::bench::PinTo(fh::bench::kFeedCpu);
  const auto is_wanted = [&](const char* name) {
    return argc < 2 || std::strcmp(argv[1], name) == 0;
  };
  if (is_wanted("books")) fh::bench::MeasureBooksNobodyWants();
  if (is_wanted(fh::rio::RecvmmsgBackend::kName)) {
    fh::bench::MeasureBackend<fh::rio::RecvmmsgBackend>(27200);
  }
  if (is_wanted(fh::rio::IoUringBackend::kName)) {
    fh::bench::MeasureBackend<fh::rio::IoUringBackend>(27300);
  }
  return 0;
}
