#include "feedhandler/inspect/channels.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "codecs/registry.h"

namespace fh {
namespace {

bool Touch(const SessionTrack& a, const SessionTrack& b) {
  // A line that brought no message says by its heartbeats where it stands.
  const uint64_t a_first = a.has_numbers() ? a.first() : a.next();
  const uint64_t b_first = b.has_numbers() ? b.first() : b.next();
  return a_first <= b.next() && b_first <= a.next();
}

bool AreLinesOfOne(const SessionTrack& a, const SessionTrack& b) {
  if (!Touch(a, b)) return false;
  const MessageSample::Agreement agreement = a.sample().CompareWith(b.sample());
  // Not all, since a session that started over gave its numbers twice.
  if (agreement.common > 0) return agreement.equal * 2 > agreement.common;
  return a.id() != codecs::SessionId{};
}

size_t CodecOrder(const codecs::CodecInfo* codec) {
  const std::span<const codecs::CodecInfo* const> all = codecs::Codecs();
  return static_cast<size_t>(std::find(all.begin(), all.end(), codec) - all.begin());
}

class Groups {
 public:
  explicit Groups(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0); }
  size_t Find(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void Join(size_t i, size_t k) { parent_[Find(i)] = Find(k); }

 private:
  std::vector<size_t> parent_;
};

struct Member {
  size_t stream;
  const SessionTrack* session;
};

}  // namespace

std::vector<DiscoveredChannel> DiscoverChannels(const StreamTable& table) {
  const auto& streams = table.streams();
  Groups groups(streams.size());
  std::map<std::tuple<size_t, std::string, codecs::SessionId, uint16_t>, std::vector<Member>>
      by_session;
  for (size_t i = 0; i < streams.size(); ++i) {
    if (streams[i]->reader == nullptr) continue;
    const size_t order = CodecOrder(streams[i]->guess.codec());
    for (const SessionTrack& session : streams[i]->sessions) {
      by_session[{order, streams[i]->reader->framing(), session.id(), session.stream()}].push_back(
          {i, &session});
    }
  }
  for (const auto& [key, members] : by_session) {
    for (size_t i = 0; i < members.size(); ++i) {
      for (size_t k = i + 1; k < members.size(); ++k) {
        if (groups.Find(members[i].stream) == groups.Find(members[k].stream)) continue;
        if (AreLinesOfOne(*members[i].session, *members[k].session)) {
          groups.Join(members[i].stream, members[k].stream);
        }
      }
    }
  }
  std::map<size_t, DiscoveredChannel> by_root;
  for (size_t i = 0; i < streams.size(); ++i) {
    if (streams[i]->reader == nullptr || streams[i]->sessions.empty()) continue;
    DiscoveredChannel& channel = by_root[groups.Find(i)];
    channel.codec = streams[i]->guess.codec();
    channel.lines.push_back(streams[i].get());
  }
  std::vector<DiscoveredChannel> channels;
  for (auto& [root, channel] : by_root) {
    std::sort(channel.lines.begin(), channel.lines.end(),
              [](const Stream* a, const Stream* b) { return a->group < b->group; });
    channels.push_back(std::move(channel));
  }
  std::sort(channels.begin(), channels.end(),
            [](const DiscoveredChannel& a, const DiscoveredChannel& b) {
              return std::make_tuple(CodecOrder(a.codec), a.lines[0]->group) <
                     std::make_tuple(CodecOrder(b.codec), b.lines[0]->group);
            });
  return channels;
}

std::string LineName(size_t index) {
  std::string name(1, static_cast<char>('A' + index % 26));
  while (index >= 26) {
    index = index / 26 - 1;
    name.insert(name.begin(), static_cast<char>('A' + index % 26));
  }
  return name;
}

}  // namespace fh
