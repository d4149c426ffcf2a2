#include "feedhandler/report/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "feedhandler/report/drops.h"

namespace fh {
namespace {

// Adds metrics that share their labels.
class Adder {
 public:
  Adder(std::vector<Metric>& metrics, std::string labels)
      : metrics_(metrics), labels_(std::move(labels)) {}

  Adder& operator()(const std::string& name, uint64_t value, const char* help) {
    metrics_.push_back(
        {absl::StrCat("feedhandler_", name), labels_, help, static_cast<double>(value)});
    return *this;
  }

 private:
  std::vector<Metric>& metrics_;
  std::string labels_;
};

// `thread`: the label of the feed thread, or nothing.
std::string With(const std::string& label, const std::string& more) {
  return label.empty() ? more : absl::StrCat(label, ",", more);
}

std::string ThreadLabel(const std::string& feed_thread) {
  return feed_thread.empty() ? "" : MetricLabel("feed_thread", feed_thread);
}

std::string ChannelLabels(const Channel& channel) {
  return With(MetricLabel("feed", channel.feed), MetricLabel("channel", absl::StrCat(channel.id)));
}

void AddReceive(const FeedCounters& counters, const std::string& thread,
                std::vector<Metric>& metrics) {
  const rio::BackendStats& receive = counters.receive;
  Adder(metrics, thread)("receive_packets_total", receive.packets, "Datagrams received.")(
      "receive_bytes_total", receive.bytes, "Their payload.")(
      "receive_truncated_total", receive.truncated, "Datagrams longer than a slice.")(
      "receive_errors_total", receive.errors, "Receives that failed.")(
      "receive_system_calls_total", receive.system_calls, "System calls of the receive path.")(
      "polls_total", counters.polls, "Rounds of the feed thread.")(
      "polls_idle_total", counters.idle_polls, "Rounds that found nothing.");
  Adder(metrics, thread)("receive_starved_total", receive.starved,
                         "Polls without a free slice; datagrams wait in the socket meanwhile.")(
      "receive_unstamped_total", receive.unstamped,
      "Packets without the stamp that was asked for.")(
      "receive_line_losses_total", receive.line_losses,
      "Times that a line lost its interface, its link or its membership.")(
      "receive_line_returns_total", receive.line_returns, "Times that a line got it back.")(
      "receive_deaf_lines", receive.deaf_lines,
      "Lines that are without interface, link or membership now.");
  for (const rio::OwnCounter& own : receive.own) {
    if (own.name == nullptr || own.is_loss) continue;  // Losses are drops of a layer.
    Adder(metrics, thread)(absl::StrCat("receive_", own.name, "_total"), own.count, own.meaning);
  }
  for (size_t source = 0; source < counters.stamps.size(); ++source) {
    Adder(metrics,
          With(thread,
               MetricLabel("source", rio::StampSourceName(static_cast<rio::StampSource>(source)))))(
        "receive_stamps_total", counters.stamps[source], "Packets by what stamped them.");
  }
}

const char* WhereLabel(const Drop& drop) {
  return drop.scope == DropScope::kHost ? "interface" : "thread";
}

// By what is counted, so that no sum mixes packets with updates. Messages are added with the channels.
void AddDrops(const std::vector<Drop>& drops, std::vector<Metric>& metrics) {
  for (const Drop& drop : drops) {
    std::string labels = MetricLabel("layer", drop.layer);
    if (!drop.where.empty()) {
      labels = With(labels, MetricLabel(WhereLabel(drop), drop.where));
    }
    labels = With(ThreadLabel(drop.feed_thread), labels);
    if (drop.scope == DropScope::kHost) {
      Adder(metrics, labels)("host_dropped_packets_total", drop.count,
                             "Frames and datagrams that the whole host lost, by layer.");
    } else if (drop.unit == "updates") {
      Adder(metrics, labels)("dropped_updates_total", drop.count,
                             "Updates that a strategy thread's ring or books had no room for.");
    } else if (drop.unit == "datagrams") {
      Adder(metrics, labels)("dropped_packets_total", drop.count,
                             "Datagrams lost in this program's reach, by layer.");
    }
  }
}

void AddSeconds(const char* name, const std::string& labels, int64_t duration_ns, const char* help,
                std::vector<Metric>& metrics) {
  metrics.push_back(
      {absl::StrCat("feedhandler_", name), labels, help, static_cast<double>(duration_ns) / 1e9});
}

void AddLine(const std::string& labels, const LineStats& line, uint64_t lost,
             std::vector<Metric>& metrics) {
  Adder(metrics, labels)("line_packets_total", line.packets, "Packets of the line.")(
      "line_messages_total", line.messages, "Messages in them.")(
      "line_won_messages_total", line.won_messages, "Messages that this line brought first.")(
      "line_duplicate_messages_total", line.duplicate_messages,
      "Messages that another packet had brought.")("line_late_messages_total", line.late_messages,
                                                   "Messages that came after they were lost.")(
      "line_gaps_total", line.gaps, "Times that the line's numbers jumped ahead.")(
      "line_missing_messages", lost,
      "Messages that this line did not bring at all; of a silent line all of the channel's.")(
      "line_reordered_packets_total", line.reordered_packets, "Packets out of order.")(
      "line_rejected_packets_total", line.rejected_packets, "Packets of no or another framing.")(
      "line_stale_packets_total", line.stale_packets, "Packets of a session that is over.")(
      "line_unbelieved_packets_total", line.unbelieved_packets,
      "Packets that said what nothing else confirmed.");
}

// What happened to the line's interface.
void AddLineInterface(const std::string& labels, const rio::LineStats& line,
                      std::vector<Metric>& metrics) {
  Adder(metrics, labels)("line_losses_total", line.losses,
                         "Times that the line lost its interface, its link or its membership.")(
      "line_deaf", line.deaf ? 1 : 0, "1 while the line is without any of them.");
}

void AddChannel(const Channel& channel, const ChannelCounters& counters,
                const SilenceWatch* silence, size_t index, std::vector<Metric>& metrics) {
  const std::string labels = ChannelLabels(channel);
  const SessionStats& session = counters.session;
  const codecs::CodecStats& codec = counters.codec;
  Adder(metrics, labels)("messages_total", session.delivered_messages, "Messages delivered.")(
      "duplicate_messages_total", session.duplicate_messages, "Messages that came again.")(
      "late_messages_total", session.late_messages, "Messages that came after they were lost.")(
      "gaps_total", session.gaps, "Gaps that no line filled.")(
      "missing_messages_total", session.missing_messages, "Messages that no line delivered.")(
      "unseen_messages_total", session.unseen_messages, "Messages from before the join.")(
      "held_packets_total", session.held_packets, "Packets that waited for others.")(
      "window_overflows_total", session.window_overflows, "Gaps given up for want of room.")(
      "unbelieved_packets_total", session.unbelieved,
      "Packets that said what nothing else confirmed.")("sessions_total", session.sessions,
                                                        "Sessions and restarts seen.")(
      "corrections_total", session.corrections, "Times that a wrong position was taken back.")(
      "taken_back_messages_total", session.taken_back_messages,
      "Missing messages that came after all, once a wrong position was taken back.")(
      "streams", counters.streams, "Numbered streams that have shown themselves.")(
      "stuck_total", session.stuck_times,
      "Times that packets came and for long no message could be delivered.")(
      "stuck", session.is_stuck, "1 while packets come and no message can be delivered.")(
      "vain_packets", session.vain_packets, "Packets since the last message that brought none.")(
      "decoded_messages_total", codec.messages,
      "Messages handed to the decoder; the others count packets where a venue numbers those.")(
      "updates_total", codec.updates, "Updates decoded.")(
      "malformed_messages_total", codec.malformed, "Messages shorter than their type demands.")(
      "unknown_messages_total", codec.unknown, "Messages of an unknown type.")(
      "unmapped_messages_total", codec.unmapped, "Messages without a normalized form.")(
      "rejected_packets_total", codec.too_short + codec.foreign + codec.bad_length,
      "Packets of no or another framing.")("damaged_packets_total", codec.damaged_tails,
                                           "Packets whose end was cut off.")(
      "instruments_full_total", codec.instruments_full, "Instruments without room in the store.")(
      "undated_messages_total", codec.undated,
      "Messages whose time was not known: the one that it counts from was lost.")(
      "orders", counters.orders.orders, "Orders in the index.")(
      "orders_full_total", counters.orders.full, "Orders without room in the index.")(
      "orders_unknown_total", counters.orders.unknown,
      "Executions, cancels and replaces of orders that the index does not know.")(
      "unscaled_messages_total", codec.unscaled,
      "Messages whose prices are undefined: nothing has told their instrument's price scale.");
  // Of the layers of drops.h, by feed and channel.
  const auto dropped = [&](const char* layer, uint64_t count) {
    Adder(metrics, With(labels, MetricLabel("layer", layer)))(
        "dropped_messages_total", count,
        "Messages in packets that were not believed or of a session that is over (layer session), "
        "and of streams that there was no session left for (streams).");
  };
  dropped("session", session.dropped_messages);
  dropped("streams", counters.strayed_messages);
  // Nothing is lost on a line that brings what was asked for, and its silence means nothing.
  for (size_t line = 0; line < channel.line_names.size(); ++line) {
    const std::string of_line = With(labels, MetricLabel("line", channel.line_names[line]));
    const bool is_live = line < channel.session.lines;
    const bool is_silent = is_live && silence != nullptr && silence->IsSilent(index, line);
    const uint64_t lost = is_live ? LostOnLine(counters.lines[line], session, is_silent) : 0;
    AddLine(of_line, counters.lines[line], lost, metrics);
    if (silence == nullptr || !is_live) continue;
    AddSeconds("line_silent_seconds", of_line, silence->LineAgeNs(index, line),
               "Since the newest packet of the line, or since the start.", metrics);
  }
}

void AddInterfaces(std::span<const Channel> channels, const FeedCounters& counters,
                   std::vector<Metric>& metrics) {
  size_t subscription = 0;
  for (const Channel& channel : channels) {
    for (uint32_t line = 0; line < channel.session.lines; ++line, ++subscription) {
      if (subscription >= counters.receive_lines.size()) break;
      AddLineInterface(With(ChannelLabels(channel), MetricLabel("line", channel.line_names[line])),
                       counters.receive_lines[subscription], metrics);
    }
  }
}

// Those of one feed thread.
void AddRings(const Pipeline& pipeline, size_t index, const FeedCounters& counters,
              std::vector<Metric>& metrics) {
  const FeedPart& part = *pipeline.feed_parts()[index];
  for (size_t i = 0; i < part.readers.size(); ++i) {
    StrategyThread& thread = *pipeline.strategy_threads()[part.readers[i].strategy_thread];
    const UpdateRing& ring = thread.ring(part.readers[i].ring);
    const RingStats& stats = counters.rings[i];
    Adder(metrics, With(ThreadLabel(part.name), MetricLabel("thread", thread.name())))(
        "ring_offered_total", stats.offered, "Updates made for the ring.")(
        "ring_filtered_total", stats.filtered, "Updates that the thread has not asked for.")(
        "ring_gap_records_total", stats.gap_records,
        "Records that tell strategies what they missed.")("ring_published_total", stats.published,
                                                          "Updates put into the ring.")(
        "ring_delivered_total", ring.Consumed(), "Updates that the strategies were given.")(
        "ring_depth", ring.Depth(), "Updates waiting in the ring.")(
        "ring_capacity", ring.capacity(), "Updates that the ring has room for.");
  }
}

void AddBooks(StrategyThread& thread, std::vector<Metric>& metrics) {
  if (thread.books() == nullptr) return;
  const BookCounters counters = thread.books()->Counters();
  const books::BookStats& stats = counters.books;
  const std::string labels = MetricLabel("thread", thread.name());
  Adder(metrics, labels)("books", stats.books, "Order books that are kept.")(
      "books_orders", stats.orders, "Orders in them.")("books_doubtful", stats.doubtful_now,
                                                       "Books that are not good now.")(
      "books_open", stats.open_now, "Books within an event whose end has not come.")(
      "books_updates_total", stats.updates, "Updates that the books were given.")(
      "books_not_followed_total", stats.not_followed, "Of them, of instruments without a book.")(
      "books_events_total", stats.events, "Ends of events of books.")(
      "books_tops_total", stats.tops, "Of them, with another best bid or ask.")(
      "books_top_records_total", counters.top_records,
      "Records of the best prices put into the stream.")("books_top_records_doubtful_total",
                                                         counters.doubtful_tops,
                                                         "Of them, of books that were not good.")(
      "books_top_records_withheld_total", counters.withheld_tops,
      "Records left out while their book was not good.")("books_notices_total", counters.notices,
                                                         "Notices of books to strategies.")(
      "books_refused_total", counters.refused,
      "Subscriptions and watches of strategies that were refused.")(
      "books_healed_total", stats.healed, "Times that a book became good again.")(
      "books_cut_levels_total", stats.cut_levels,
      "Levels that fell below the depth of their book.")(
      "books_unknown_levels_total", stats.unknown_levels,
      "Levels taken away that were not there: no fault.");
  for (size_t cause = 1; cause < books::kCauses; ++cause) {
    Adder(metrics,
          With(labels, MetricLabel("cause", books::Name(static_cast<books::Cause>(cause)))))(
        "books_faults_total", stats.faults[cause], "What made books doubtful, by cause.");
  }
  Adder(metrics, labels)("books_waiting_for_images", counters.images.waiting_now,
                         "Books that the venue's next image of them may heal.")(
      "books_logged_total", counters.images.logged,
      "Updates kept because books wait for an image.");
  for (size_t use = 0; use < books::kImageUses; ++use) {
    Adder(metrics,
          With(labels, MetricLabel("use", books::Name(static_cast<books::ImageUse>(use)))))(
        "books_images_total", counters.images.images[use],
        "Images of books that the venue sent, by what became of them.");
  }
}

}  // namespace

std::string MetricLabel(absl::string_view name, absl::string_view value) {
  return absl::StrCat(name, "=\"",
                      absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}),
                      "\"");
}

std::string MetricValue(double value) {
  if (std::floor(value) == value) return absl::StrFormat("%.0f", value);
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

std::vector<Metric> CollectMetrics(const Pipeline& pipeline, const PipelineCounters& counters,
                                   const rio::HostCounters* host, const SilenceWatch* silence) {
  std::vector<Metric> metrics;
  for (size_t i = 0; i < counters.threads.size(); ++i) {
    AddReceive(counters.threads[i], ThreadLabel(pipeline.feed_parts()[i]->name), metrics);
  }
  AddDrops(CollectDrops(pipeline, counters, host), metrics);
  if (host != nullptr) {
    Adder(metrics, "")("host_backlog_squeezed_total", host->backlog_squeezed,
                       "Times that the kernel stopped receiving before it was done.");
  }
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    AddChannel(*pipeline.channels()[i], counters.channels[i], silence, i, metrics);
  }
  if (silence != nullptr) {
    for (const SilenceWatch::Feed& feed : silence->feeds()) {
      AddSeconds("feed_silent_seconds", MetricLabel("feed", feed.name), feed.age_ns,
                 "Since the newest packet of any line of the feed, or since the start.", metrics);
    }
  }
  for (size_t i = 0; i < counters.threads.size(); ++i) {
    AddInterfaces(pipeline.feed_parts()[i]->core->channels(), counters.threads[i], metrics);
    AddRings(pipeline, i, counters.threads[i], metrics);
  }
  for (const auto& thread : pipeline.strategy_threads()) AddBooks(*thread, metrics);
  return metrics;
}

std::string PrometheusText(const std::vector<Metric>& metrics) {
  std::string text;
  std::set<std::string> done;
  for (const Metric& first : metrics) {
    if (!done.insert(first.name).second) continue;
    absl::StrAppend(&text, "# HELP ", first.name, " ", first.help, "\n# TYPE ", first.name,
                    absl::EndsWith(first.name, "_total") ? " counter\n" : " gauge\n");
    // The format wants all samples of a name together.
    for (const Metric& metric : metrics) {
      if (metric.name != first.name) continue;
      absl::StrAppend(&text, metric.name, metric.labels.empty() ? "" : "{", metric.labels,
                      metric.labels.empty() ? "" : "}", " ", MetricValue(metric.value), "\n");
    }
  }
  return text;
}

}  // namespace fh
