#include "feedhandler/report/summary.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "codecs/json_writer.h"
#include "feedhandler/report/drops.h"
#include "feedhandler/report/outcome.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatCount;

void AppendLine(const std::string& name, const LineStats& line, const SessionStats& session,
                std::optional<int64_t> silent_ns, std::string& text) {
  const uint64_t missing = LostOnLine(line, session, silent_ns.has_value());
  absl::StrAppendFormat(&text, "    line %-6s %12s packets %14s messages  first with %s, lost %s",
                        name, FormatCount(line.packets), FormatCount(line.messages),
                        FormatCount(line.won_messages), FormatCount(missing));
  const auto more = [&text](uint64_t count, const char* what) {
    if (count != 0) absl::StrAppend(&text, ", ", FormatCount(count), " ", what);
  };
  more(line.reordered_packets, "packets out of order");
  more(line.repeated_messages, "repeated");
  more(line.late_messages, "late");
  more(line.rejected_packets, "packets rejected");
  more(line.stale_packets, "packets stale");
  more(line.unbelieved_packets, "packets not believed");
  if (line.behind_packets != 0) {
    absl::StrAppend(
        &text, ", behind by ",
        latency::FormatDuration(static_cast<int64_t>(line.behind_ns / line.behind_packets)),
        " on average");
  }
  if (line.packets == 0) {
    absl::StrAppend(&text, "  NEVER BROUGHT ANYTHING");
  } else if (silent_ns.has_value()) {
    absl::StrAppend(&text, "  SILENT for the last ", *silent_ns / 1'000'000'000, " s");
  }
  text += '\n';
}

void AppendRecoveryLine(const std::string& name, const LineStats& line, std::string& text) {
  absl::StrAppendFormat(&text, "    line %-6s %12s packets %14s messages  filled gaps with %s\n",
                        name, FormatCount(line.packets), FormatCount(line.messages),
                        FormatCount(line.won_messages));
}

// The counters that are not zero, "3 malformed messages, 1 unknown type".
void AppendOddities(const ChannelCounters& counters, std::string& text) {
  const codecs::CodecStats& codec = counters.codec;
  const SessionStats& session = counters.session;
  std::string odd;
  const auto add = [&odd](uint64_t count, const char* what) {
    if (count != 0) absl::StrAppend(&odd, odd.empty() ? "" : ", ", FormatCount(count), " ", what);
  };
  add(session.unseen_messages, "messages from before the join");
  add(session.late_messages, "late messages");
  add(session.dropped_messages, "messages in stale packets and in those not believed");
  add(session.restarts, "publisher restarts");
  add(session.corrections, "times that a wrong position was taken back");
  add(counters.strayed_messages, "messages of more streams than there are sessions for");
  add(session.stuck_times, "times that packets came and nothing could be delivered");
  add(session.window_overflows, "gaps given up for a full window");
  add(codec.malformed, "malformed messages");
  add(codec.unknown, "messages of unknown type");
  add(codec.unmapped, "messages without a normalized form");
  add(codec.too_short, "packets too short");
  add(codec.foreign, "packets of another protocol");
  add(codec.bad_length, "packets with a wrong length");
  add(codec.damaged_tails, "packets with a damaged end");
  add(codec.trailing_bytes, "packets with bytes behind the last message");
  add(codec.instruments_full, "instruments without room in the store (feed.instruments)");
  add(codec.undated, "messages whose time was not known");
  add(counters.orders.full, "orders without room in the index (feed.orders)");
  add(counters.orders.unknown, "executions and cancels of orders from before the join or in gaps");
  add(codec.unscaled, "messages without prices, for their instrument's price scale was never told");
  if (!odd.empty()) absl::StrAppend(&text, "    also: ", odd, "\n");
}

void AppendChannel(const Channel& channel, const ChannelCounters& counters,
                   const SilenceWatch* silence, size_t index, std::string& text) {
  const SessionStats& session = counters.session;
  // Where packets are numbered, packets are what can be lost, and what is counted below.
  const bool numbers_packets = channel.codec->numbering().unit == codecs::Numbering::Unit::kPackets;
  absl::StrAppend(&text, "  ", channel.feed, " channel ", channel.id, ": ");
  if (numbers_packets) {
    absl::StrAppend(&text, FormatCount(session.delivered_messages), " numbered packets with ",
                    FormatCount(counters.codec.messages));
  } else {
    absl::StrAppend(&text, FormatCount(session.delivered_messages));
  }
  absl::StrAppend(&text, " messages delivered as ", FormatCount(counters.codec.updates),
                  " updates, ", FormatCount(session.duplicate_messages), " duplicates, ",
                  FormatCount(LostMessages(session)), " lost on all lines in ",
                  FormatCount(session.gaps), " gaps\n");
  for (uint32_t line = 0; line < channel.session.lines; ++line) {
    std::optional<int64_t> silent_ns;
    if (silence != nullptr && silence->IsSilent(index, line)) {
      silent_ns = silence->LineAgeNs(index, line);
    }
    AppendLine(channel.line_names[line], counters.lines[line], session, silent_ns, text);
  }
  for (size_t line = channel.session.lines; line < channel.line_names.size(); ++line) {
    AppendRecoveryLine(channel.line_names[line], counters.lines[line], text);
  }
  AppendOddities(counters, text);
}

void ChannelJson(const Channel& channel, const ChannelCounters& counters,
                 const SilenceWatch* silence, size_t index, JsonWriter& json) {
  const SessionStats& session = counters.session;
  json.BeginObject().Key("feed").Text(channel.feed).Key("channel").Number(channel.id);
  json.Key("delivered_messages").Number(session.delivered_messages);
  json.Key("updates").Number(counters.codec.updates);
  json.Key("duplicate_messages").Number(session.duplicate_messages);
  json.Key("lost_messages").Number(LostMessages(session));
  json.Key("gaps").Number(session.gaps);
  json.Key("stuck_times").Number(session.stuck_times);
  json.Key("lines").BeginArray();
  for (uint32_t line = 0; line < channel.session.lines; ++line) {
    const LineStats& stats = counters.lines[line];
    const bool is_silent = silence != nullptr && silence->IsSilent(index, line);
    json.BeginObject().Key("line").Text(channel.line_names[line]);
    json.Key("packets").Number(stats.packets).Key("messages").Number(stats.messages);
    json.Key("won_messages").Number(stats.won_messages);
    json.Key("lost_messages").Number(LostOnLine(stats, session, is_silent));
    json.Key("rejected_packets").Number(stats.rejected_packets);
    json.Key("silent").Bool(is_silent || stats.packets == 0).EndObject();
  }
  json.EndArray().EndObject();
}

void LatenciesJson(const Pipeline& pipeline, JsonWriter& json) {
  const latency::StageSnapshot stages = pipeline.Stages();
  const latency::LoopSnapshot loop = pipeline.Loop();
  latency::HistogramSnapshot lateness;
  if (pipeline.open_loop() != nullptr) lateness = pipeline.open_loop()->lateness().Snapshot();
  json.BeginArray();
  const auto add = [&json](latency::Stage stage, const latency::HistogramSnapshot& histogram) {
    if (histogram.total() == 0) return;
    const absl::string_view name = latency::StageName(stage);
    json.BeginObject().Key("stage").Text({name.data(), name.size()});
    json.Key("count").Number(histogram.total()).Key("min_ns").Number(histogram.min());
    json.Key("p50_ns").Number(histogram.ValueAtPercentile(50));
    json.Key("p99_ns").Number(histogram.ValueAtPercentile(99));
    json.Key("p999_ns").Number(histogram.ValueAtPercentile(99.9));
    json.Key("max_ns").Number(histogram.max()).EndObject();
  };
  for (const latency::Stage stage : latency::kStages) add(stage, stages.of(stage));
  add(latency::Stage::kScheduleToDone, loop.from_schedule);
  add(latency::Stage::kStartToDone, loop.from_start);
  add(latency::Stage::kLateness, lateness);
  json.EndArray();
}

// What the strategy thread has not asked for, over all its rings.
uint64_t FilteredOf(const Pipeline& pipeline, const PipelineCounters& counters, size_t thread) {
  uint64_t filtered = 0;
  for (size_t i = 0; i < counters.threads.size(); ++i) {
    const std::vector<FeedPart::Reader>& readers = pipeline.feed_parts()[i]->readers;
    for (size_t ring = 0; ring < readers.size(); ++ring) {
      if (readers[ring].strategy_thread != thread) continue;
      filtered += counters.threads[i].rings[ring].filtered;
    }
  }
  return filtered;
}

// What the receiver of a feed thread has to say. `name`: of the thread, or empty.
void AppendReceive(const std::string& name, const rio::BackendStats& receive, std::string& text) {
  const std::string of = name.empty() ? "  " : absl::StrCat("  ", name, ": ");
  if (receive.line_losses != 0 || receive.deaf_lines != 0) {
    absl::StrAppend(&text, of, "(lines lost their interface, link or membership ",
                    FormatCount(receive.line_losses), " times and got it back ",
                    FormatCount(receive.line_returns), " times; ", FormatCount(receive.deaf_lines),
                    " are without at the end)\n");
  }
  if (receive.unstamped != 0) {
    absl::StrAppend(&text, of, "(", FormatCount(receive.unstamped),
                    " packets came without the stamp that was asked for)\n");
  }
  if (receive.starved != 0) {
    absl::StrAppend(&text, of, "(", FormatCount(receive.starved),
                    " polls found no free slice; datagrams waited in the socket meanwhile)\n");
  }
}

// A line each: what came, how it went on.
void AppendFeedThreads(const Pipeline& pipeline, const PipelineCounters& counters,
                       std::string& text) {
  absl::StrAppend(&text, "Feed threads\n");
  for (size_t i = 0; i < counters.threads.size(); ++i) {
    const FeedPart& part = *pipeline.feed_parts()[i];
    const FeedCounters& of = counters.threads[i];
    uint64_t updates = 0;
    for (const ChannelCounters& channel : of.channels) updates += channel.codec.updates;
    std::vector<std::string> readers;
    for (const FeedPart::Reader& reader : part.readers) {
      readers.push_back(pipeline.strategy_threads()[reader.strategy_thread]->name());
    }
    absl::StrAppend(&text, "  ", part.name, ": ", of.channels.size(), " channels, ",
                    FormatCount(of.receive.packets), " packets, ", FormatCount(updates),
                    " updates to ", readers.empty() ? "nobody" : absl::StrJoin(readers, ", "),
                    "\n");
  }
}

// The causes that there were, "12 gap, 3 unknown order".
std::string FaultText(const books::BookStats& stats) {
  std::string text;
  for (size_t cause = 1; cause < books::kCauses; ++cause) {
    if (stats.faults[cause] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", FormatCount(stats.faults[cause]), " ",
                    books::Name(static_cast<books::Cause>(cause)));
  }
  return text;
}

// What became of images, "3 healed a book, 12 not needed".
std::string ImageText(const books::HealerStats& stats) {
  std::string text;
  for (size_t use = 0; use < books::kImageUses; ++use) {
    if (stats.images[use] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", FormatCount(stats.images[use]), " ",
                    books::Name(static_cast<books::ImageUse>(use)));
  }
  return text;
}

void BooksJson(StrategyThread& thread, JsonWriter& json) {
  if (thread.books() == nullptr) return;
  const BookCounters counters = thread.books()->Counters();
  const books::BookStats& stats = counters.books;
  json.BeginObject().Key("thread").Text(thread.name());
  json.Key("books").Number(stats.books).Key("doubtful").Number(stats.doubtful_now);
  json.Key("open").Number(stats.open_now).Key("orders").Number(stats.orders);
  json.Key("updates").Number(stats.updates).Key("not_followed").Number(stats.not_followed);
  json.Key("events").Number(stats.events).Key("tops").Number(stats.tops);
  json.Key("top_records").Number(counters.top_records);
  json.Key("withheld_top_records").Number(counters.withheld_tops);
  json.Key("notices").Number(counters.notices).Key("refused").Number(counters.refused);
  json.Key("faults").BeginObject();
  for (size_t cause = 1; cause < books::kCauses; ++cause) {
    if (stats.faults[cause] == 0) continue;
    json.Key(books::Name(static_cast<books::Cause>(cause))).Number(stats.faults[cause]);
  }
  json.EndObject();
  if (counters.has_images) {
    json.Key("waiting_for_images").Number(counters.images.waiting_now);
    json.Key("images").BeginObject();
    for (size_t use = 0; use < books::kImageUses; ++use) {
      if (counters.images.images[use] == 0) continue;
      json.Key(books::Name(static_cast<books::ImageUse>(use))).Number(counters.images.images[use]);
    }
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace

std::string BooksText(const std::string& thread, const BookCounters& counters) {
  const books::BookStats& stats = counters.books;
  std::string text = absl::StrCat(
      "  books on ", thread, ": ", FormatCount(stats.books), " books, ", FormatCount(stats.orders),
      " orders, ", FormatCount(stats.doubtful_now), " doubtful; ", FormatCount(stats.tops), " of ",
      FormatCount(stats.events), " events changed the top\n");
  if (const std::string faults = FaultText(stats); !faults.empty()) {
    absl::StrAppend(&text, "    doubtful for: ", faults, "\n");
  }
  if (const std::string images = ImageText(counters.images); !images.empty()) {
    absl::StrAppend(&text, "    images of the venue: ", images, "; ",
                    FormatCount(counters.images.waiting_now), " books wait for one\n");
  }
  if (counters.images.images[static_cast<size_t>(books::ImageUse::kLogTooShort)] != 0) {
    absl::StrAppend(&text, "    more came behind some images than is kept: raise books.heal_log\n");
  }
  if (counters.images.images[static_cast<size_t>(books::ImageUse::kNoRoom)] != 0) {
    absl::StrAppend(&text, "    some images found no room: raise books.heal_images\n");
  }
  if (stats.open_now != 0) {
    absl::StrAppend(&text, "    ", FormatCount(stats.open_now),
                    " stand within an event whose end has not come\n");
  }
  if (counters.refused != 0) {
    absl::StrAppend(&text, "    ", FormatCount(counters.refused),
                    " subscriptions or watches of strategies were refused\n");
  }
  return text;
}

std::string JsonSummary(Pipeline& pipeline, const PipelineCounters& counters,
                        const rio::HostCounters* host, const SilenceWatch* silence,
                        const std::vector<std::string>& faults) {
  JsonWriter json;
  json.BeginObject().Key("feedhandler_summary").Number(1).Key("ok").Bool(faults.empty());
  json.Key("faults").BeginArray();
  for (const std::string& fault : faults) json.Text(fault);
  json.EndArray().Key("received_packets").Number(counters.packets);
  json.Key("channels").BeginArray();
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    ChannelJson(*pipeline.channels()[i], counters.channels[i], silence, i, json);
  }
  json.EndArray().Key("drops").BeginArray();
  for (const Drop& drop : CollectDrops(pipeline, counters, host)) {
    if (drop.count == 0) continue;
    json.BeginObject().Key("layer").Text(drop.layer).Key("where").Text(drop.where);
    if (!drop.feed_thread.empty()) json.Key("feed_thread").Text(drop.feed_thread);
    json.Key("scope").Word(drop.scope == DropScope::kOurs ? "ours" : "host");
    json.Key("count").Number(drop.count).Key("unit").Text(drop.unit);
    json.Key("fix").Text(drop.fix).EndObject();
  }
  json.EndArray().Key("strategies").BeginArray();
  for (size_t i = 0; i < pipeline.strategy_threads().size(); ++i) {
    const std::unique_ptr<StrategyThread>& thread = pipeline.strategy_threads()[i];
    for (LoadedStrategy& strategy : thread->strategies()) {
      json.BeginObject().Key("strategy").Text(strategy.name()).Key("thread").Text(thread->name());
      json.Key("updates").Number(thread->delivered());
      json.Key("filtered").Number(FilteredOf(pipeline, counters, i));
      json.Key("summary").Text(strategy.Summary()).EndObject();
    }
  }
  json.EndArray().Key("books").BeginArray();
  for (const auto& thread : pipeline.strategy_threads()) BooksJson(*thread, json);
  json.EndArray().Key("latencies");
  LatenciesJson(pipeline, json);
  json.EndObject();
  return absl::StrCat(json.text(), "\n");
}

std::string TextDrops(const Pipeline& pipeline, const PipelineCounters& counters,
                      const rio::HostCounters* host) {
  std::string ours;
  std::string theirs;
  for (const Drop& drop : CollectDrops(pipeline, counters, host)) {
    if (drop.count == 0) continue;
    std::string name = drop.layer;
    if (!drop.feed_thread.empty()) absl::StrAppend(&name, " ", drop.feed_thread);
    if (!drop.where.empty()) absl::StrAppend(&name, " ", drop.where);
    absl::StrAppendFormat(drop.scope == DropScope::kOurs ? &ours : &theirs, "  %-24s %12s %s: %s\n",
                          name, FormatCount(drop.count), drop.unit, drop.fix);
  }
  uint64_t truncated = 0;
  for (const FeedCounters& thread : counters.threads) truncated += thread.receive.truncated;
  if (truncated != 0) {
    absl::StrAppendFormat(&ours, "  %-24s %12s %s\n", "truncated", FormatCount(truncated),
                          "datagrams longer than a slice: raise receiver.slice_bytes");
  }
  if (ours.empty()) ours = "  none\n";
  if (!theirs.empty()) absl::StrAppend(&ours, "Meanwhile the whole host counted\n", theirs);
  return ours;
}

std::string StampText(const PipelineCounters& counters) {
  FeedCore::StampCounts stamps{};
  for (const FeedCounters& thread : counters.threads) {
    for (size_t i = 0; i < stamps.size(); ++i) stamps[i] += thread.stamps[i];
  }
  uint64_t total = 0;
  size_t sources = 0;
  for (const uint64_t count : stamps) {
    total += count;
    sources += count != 0 ? 1 : 0;
  }
  std::string text;
  for (size_t i = stamps.size(); i-- > 0;) {
    const uint64_t count = stamps[i];
    if (count == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    rio::StampSourceName(static_cast<rio::StampSource>(i)));
    if (sources > 1) {
      absl::StrAppendFormat(&text, " %.3g%%",
                            100.0 * static_cast<double>(count) / static_cast<double>(total));
    }
  }
  return text;
}

namespace {

// A row for each line, thread, and feed of a strategy thread; what is known by channel is shown by feed
// thread, and only where there are several of these.
std::vector<LatencyPart> PartsForText(const Pipeline& pipeline) {
  std::vector<LatencyPart> rows;
  for (LatencyPart& part : pipeline.LatencyParts()) {
    if (!part.condition.empty() || latency::IsLoopStage(part.stage)) continue;
    const bool is_hop = part.of_packets && part.line.empty();
    if (!is_hop) {
      rows.push_back(std::move(part));
      continue;
    }
    if (pipeline.feed_parts().size() == 1) continue;
    part.feed.clear();
    part.channel.clear();
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const LatencyPart& row) {
      return row.stage == part.stage && row.thread == part.thread && row.line.empty();
    });
    if (same != rows.end()) {
      same->histogram.Merge(part.histogram);
    } else {
      rows.push_back(std::move(part));
    }
  }
  return rows;
}

std::string Percent(uint64_t part, uint64_t all) {
  return absl::StrFormat("%.1f%%", 100 * static_cast<double>(part) / static_cast<double>(all));
}

// "B first 48.0% (by 1.20 us, p99 8.10 us)".
std::string FirstText(const std::string& line, const latency::HistogramSnapshot& lead,
                      uint64_t all) {
  std::string text = absl::StrCat(line, " first ", Percent(lead.total(), all));
  if (lead.total() == 0) return text;
  absl::StrAppend(&text, " (by ", latency::FormatDuration(lead.ValueAtPercentile(50)));
  if (lead.total() - lead.RankOfPercentile(99) >= latency::kMinTail) {
    absl::StrAppend(&text, ", p99 ", latency::FormatDuration(lead.ValueAtPercentile(99)));
  }
  return absl::StrCat(text, ")");
}

// A line for each pair that raced.
std::string TextRaces(const Pipeline& pipeline) {
  std::string text;
  for (const LineRace& race : pipeline.LineRacesNow()) {
    const RaceCounts& counts = race.counts;
    if (counts.raced() == 0) continue;
    absl::StrAppend(&text, "  ", race.channel->feed, " ", race.channel->id, ", ",
                    FormatCount(counts.raced()),
                    " packets: ", FirstText(race.line_a, counts.lead_of_a, counts.raced()), ", ",
                    FirstText(race.line_b, counts.lead_of_b, counts.raced()), ", ties ",
                    Percent(counts.ties, counts.raced()), "; only on ", race.line_a, " ",
                    FormatCount(counts.only_on_a), ", only on ", race.line_b, " ",
                    FormatCount(counts.only_on_b), "\n");
  }
  return text.empty() ? "" : absl::StrCat("\nWhich line was first, by the packets' stamps\n", text);
}

std::string NameOf(const LatencyPart& part) {
  std::string name(latency::StageName(part.stage));
  if (!part.line.empty()) {
    return absl::StrCat(name, ", ", part.feed, " ", part.channel, " line ", part.line);
  }
  return absl::StrCat(name, ", ", part.feed, part.feed.empty() ? "" : " by ", part.thread);
}

}  // namespace

std::string TextLatencies(const Pipeline& pipeline, const PipelineCounters& counters,
                          const latency::Clock& clock, bool picture, Moment moment) {
  const std::vector<LatencyPart> parts = PartsForText(pipeline);
  latency::ReportOptions options{.clock = clock.Describe(),
                                 .wire_stamp = StampText(counters),
                                 .picture = picture,
                                 .causes = {}};
  if (moment == Moment::kEnd) options.causes = pipeline.WaitCauses();
  size_t lines = 0;
  for (const Channel* channel : pipeline.channels()) lines += channel->line_names.size();
  const bool has_parts = pipeline.strategy_threads().size() > 1 || lines > 1;
  for (const LatencyPart& part : parts) {
    if (has_parts && part.histogram.total() != 0) {
      options.parts.push_back({NameOf(part), &part.histogram});
    }
  }
  const latency::OpenLoop* loop = pipeline.open_loop();
  if (loop == nullptr && pipeline.from_file()) {
    options.title = "Latency by stage, closed loop: the next packet is read when there is room";
  }
  if (loop == nullptr) {
    return absl::StrCat(latency::TextReport(pipeline.Stages(), options), TextRaces(pipeline));
  }
  options.title = "Latency by stage, open loop";
  return absl::StrCat(latency::TextReport(pipeline.Stages(), options), "\n",
                      latency::TextLoop(*loop, pipeline.Loop()), TextRaces(pipeline));
}

std::string TextSummary(Pipeline& pipeline, const PipelineCounters& counters,
                        const rio::HostCounters* host, const SilenceWatch* silence, Moment moment) {
  std::string text = "Channels\n";
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    AppendChannel(*pipeline.channels()[i], counters.channels[i], silence, i, text);
  }
  absl::StrAppend(&text, "Drops by layer\n", TextDrops(pipeline, counters, host));
  for (size_t i = 0; i < counters.threads.size(); ++i) {
    AppendReceive(pipeline.feed_parts()[i]->name, counters.threads[i].receive, text);
  }
  if (counters.threads.size() > 1) AppendFeedThreads(pipeline, counters, text);
  absl::StrAppend(&text, "Strategies\n");
  for (size_t i = 0; i < pipeline.strategy_threads().size(); ++i) {
    const std::unique_ptr<StrategyThread>& thread = pipeline.strategy_threads()[i];
    const uint64_t left_out = FilteredOf(pipeline, counters, i);
    const std::string filtered =
        left_out == 0
            ? ""
            : absl::StrCat(", ", FormatCount(left_out), " filtered that it has not asked for");
    if (thread->books() != nullptr) {
      absl::StrAppend(&text, BooksText(thread->name(), thread->books()->Counters()));
    }
    for (LoadedStrategy& strategy : thread->strategies()) {
      absl::StrAppend(&text, "  ", strategy.name(), " on ", thread->name(), ": ",
                      FormatCount(thread->delivered()), " updates", filtered, "\n");
      // A strategy is not thread-safe: while it runs, it is not asked.
      const std::string summary = moment == Moment::kEnd ? strategy.Summary() : "";
      if (summary.empty()) continue;
      for (absl::string_view line : absl::StrSplit(summary, '\n')) {
        absl::StrAppend(&text, "    ", line, "\n");
      }
    }
  }
  return text;
}

}  // namespace fh
