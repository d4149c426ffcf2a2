#include "feedhandler/report/drops.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace fh {
namespace {

void AddHost(const rio::HostCounters& host, std::vector<Drop>& drops) {
  const auto add = [&drops](const char* layer, const std::string& where, uint64_t count,
                            std::string fix) {
    drops.push_back({.scope = DropScope::kHost,
                     .layer = layer,
                     .where = where,
                     .unit = "frames",
                     .count = count,
                     .fix = std::move(fix)});
  };
  for (const rio::InterfaceCounters& interface : host.interfaces) {
    if (!interface.known) continue;
    const std::string& name = interface.name;
    add("wire", name, interface.damaged,
        "came damaged (CRC, length): look at cable, optics and the switch's port");
    std::string details;
    for (const auto& [counter, value] : interface.details) {
      if (value != 0) absl::StrAppend(&details, details.empty() ? "" : ", ", counter, " ", value);
    }
    add("nic", name, interface.missed,
        absl::StrCat("the adapter had no room in its ring: ethtool -G ", name,
                     " rx MAX, and keep its interrupt's CPU free",
                     details.empty() ? "" : absl::StrCat(" (", details, ")")));
    add("driver", name, interface.dropped,
        absl::StrCat("the driver or the stack gave them up, for want of memory or because nobody "
                     "wants their protocol: see ethtool -S ",
                     name, details.empty() ? "" : absl::StrCat(" (", details, ")")));
  }
  if (!host.known) return;
  add("backlog", "", host.backlog_dropped,
      "a CPU's receive queue was full: raise net.core.netdev_max_backlog, spread interrupts");
  drops.push_back(
      {.scope = DropScope::kHost,
       .layer = "udp",
       .where = "",
       .unit = "datagrams",
       .count = host.udp_in_errors,
       .fix = absl::StrCat("no socket of this host could take them: ", host.udp_buffer_errors,
                           " full buffers, ", host.udp_checksum_errors, " wrong checksums, ",
                           host.udp_memory_errors, " over net.ipv4.udp_mem")});
}

void AddReceive(const rio::BackendStats& receive, const std::string& feed_thread,
                std::vector<Drop>& drops) {
  const auto add = [&drops, &feed_thread](const char* layer, uint64_t count, const char* fix) {
    drops.push_back({.scope = DropScope::kOurs,
                     .layer = layer,
                     .where = "",
                     .feed_thread = feed_thread,
                     .unit = "datagrams",
                     .count = count,
                     .fix = fix});
  };
  for (const rio::OwnCounter& own : receive.own) {
    if (own.name != nullptr && own.is_loss) add(own.name, own.count, own.meaning);
  }
  add("socket", receive.kernel_drops,
      "the socket's buffer was full: raise receiver.socket_buffer_bytes and net.core.rmem_max, pin "
      "the feed thread");
  add("receive_ring", receive.ring_overflows,
      "the queue of completions overflowed: raise receiver.slices");
  add("receive_errors", receive.errors, "receives failed: see the log");
}

void AddSession(const Channel& channel, const ChannelCounters& counters, std::vector<Drop>& drops) {
  const SessionStats& session = counters.session;
  const std::string where = absl::StrCat(channel.feed, " channel ", channel.id);
  drops.push_back({.scope = DropScope::kOurs,
                   .layer = "session",
                   .where = where,
                   .unit = "messages",
                   .count = session.dropped_messages,
                   .fix = "in packets of a session that is over, or that said what no other packet "
                          "confirmed: who else sends to these groups?"});
  drops.push_back({.scope = DropScope::kOurs,
                   .layer = "streams",
                   .where = where,
                   .unit = "messages",
                   .count = counters.strayed_messages,
                   .fix = "of more streams than the channel has sessions for: raise its streams"});
  drops.push_back({.scope = DropScope::kOurs,
                   .layer = "stuck",
                   .where = where,
                   .unit = "times",
                   .count = session.stuck_times,
                   .fix = "packets came and for long no message of them could be delivered: is the "
                          "codec the group's, and do the lines carry one stream?"});
}

// Those of one feed thread.
void AddRings(const Pipeline& pipeline, size_t index, const PipelineCounters& counters,
              std::vector<Drop>& drops) {
  const FeedPart& part = *pipeline.feed_parts()[index];
  for (size_t ring = 0; ring < part.readers.size(); ++ring) {
    drops.push_back(
        {.scope = DropScope::kOurs,
         .layer = "ring",
         .where = pipeline.strategy_threads()[part.readers[ring].strategy_thread]->name(),
         .feed_thread = part.name,
         .unit = "updates",
         .count = counters.threads[index].rings[ring].dropped,
         .fix = "the strategy is too slow: raise ring_updates, or give it a core of its own"});
  }
}

// What found no room in the books of a strategy thread.
void AddBooks(StrategyThread& thread, std::vector<Drop>& drops) {
  if (thread.books() == nullptr) return;
  const BookCounters counters = thread.books()->Counters();
  const auto faults = [&counters](books::Cause cause) {
    return counters.books.faults[static_cast<size_t>(cause)];
  };
  const auto add = [&](const char* layer, uint64_t count, const char* fix) {
    drops.push_back({.scope = DropScope::kOurs,
                     .layer = layer,
                     .where = thread.name(),
                     .unit = "updates",
                     .count = count,
                     .fix = fix});
  };
  add("books_instruments", counters.books.books_full + counters.books.streams_full,
      "of instruments or streams that there is no book left for: raise books.instruments");
  add("books_orders", faults(books::Cause::kOrdersFull),
      "of orders that there is no room for: raise books.orders");
  add("books_levels", faults(books::Cause::kLevelsFull),
      "of price levels that there is no room for: raise books.levels");
}

}  // namespace

std::vector<Drop> CollectDrops(const Pipeline& pipeline, const PipelineCounters& counters,
                               const rio::HostCounters* host) {
  std::vector<Drop> drops;
  if (host != nullptr) AddHost(*host, drops);
  for (size_t i = 0; i < counters.threads.size(); ++i) {
    AddReceive(counters.threads[i].receive, pipeline.feed_parts()[i]->name, drops);
  }
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    AddSession(*pipeline.channels()[i], counters.channels[i], drops);
  }
  for (size_t i = 0; i < counters.threads.size(); ++i) AddRings(pipeline, i, counters, drops);
  for (const auto& thread : pipeline.strategy_threads()) AddBooks(*thread, drops);
  return drops;
}

std::vector<std::string> InterfacesOf(const Config& config) {
  std::vector<std::string> names;
  for (const rio::Subscription& subscription : SubscriptionsOf(config.feeds)) {
    const std::string& name = subscription.interface;
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace fh
