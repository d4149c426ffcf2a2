#include "rio/af_xdp/lines.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

using frame_internal::LoadRaw;
using frame_internal::Order16;

constexpr size_t kLeastSlots = 8;

std::array<uint64_t, 2> Group6(const uint8_t* group) {
  return {LoadRaw<uint64_t>(group), LoadRaw<uint64_t>(group + 8)};
}

absl::Status TwiceTheSame(const Subscription& line) {
  return absl::InvalidArgumentError(absl::StrCat(
      line.group.ToString(), " on ", line.interface,
      " is subscribed twice: a frame of AF_XDP goes to one line; leave one of them out"));
}

}  // namespace

absl::StatusOr<FrameLines> FrameLines::Create(std::span<const Subscription> subscriptions,
                                              std::span<const uint16_t> lines) {
  std::map<Endpoint, Target> targets;
  for (const uint16_t line : lines) {
    const Subscription& subscription = subscriptions[line];
    Target& target = targets[subscription.group];
    if (subscription.source.is_none()) {
      if (target.any_source != kNoLine) return TwiceTheSame(subscription);
      target.any_source = line;
      continue;
    }
    SourceLine source{.source = {}, .line = line};
    std::memcpy(source.source.data(), subscription.source.bytes(), subscription.source.size());
    for (const SourceLine& other : target.sources) {
      if (other.source == source.source) return TwiceTheSame(subscription);
    }
    target.sources.push_back(source);
  }
  FrameLines table;
  const size_t slots = std::bit_ceil(std::max(kLeastSlots, 4 * targets.size()));
  table.mask_ = slots - 1;
  table.shift_ = 64 - std::countr_zero(slots);
  table.slots4_.resize(slots);
  table.slots6_.resize(slots);
  for (auto& [group, target] : targets) {
    if (target.sources.empty()) {
      table.Insert(group, static_cast<uint32_t>(target.any_source));
      continue;
    }
    table.Insert(group, static_cast<uint32_t>(table.targets_.size()) | kHasSources);
    table.targets_.push_back(std::move(target));
  }
  return table;
}

void FrameLines::Insert(const Endpoint& group, uint32_t value) {
  const uint16_t port = Order16(group.port);
  if (group.address.is_v4()) {
    const uint64_t key = Key4(group.address.bytes(), port);
    size_t i = Index(key);
    while (slots4_[i].key != 0) i = (i + 1) & mask_;
    slots4_[i] = {.key = key, .value = value};
  } else {
    const std::array<uint64_t, 2> address = Group6(group.address.bytes());
    size_t i = Index6(address, PortKey(port));
    while (slots6_[i].port_key != 0) i = (i + 1) & mask_;
    slots6_[i] = {.group = address, .port_key = PortKey(port), .value = value};
  }
}

int32_t FrameLines::FindV6(const FrameView& view) const {
  const std::array<uint64_t, 2> group = Group6(view.destination());
  const uint32_t port_key = PortKey(view.port);
  for (size_t i = Index6(group, port_key); slots6_[i].port_key != 0; i = (i + 1) & mask_) {
    if (slots6_[i].port_key == port_key && slots6_[i].group == group) {
      return Choose(slots6_[i].value, view);
    }
  }
  return kNoLine;
}

int32_t FrameLines::ChooseBySource(const Target& target, const FrameView& view) {
  const size_t bytes = view.is_v6 ? 16 : 4;
  for (const SourceLine& source : target.sources) {
    if (std::memcmp(source.source.data(), view.source(), bytes) == 0) return source.line;
  }
  return target.any_source;
}

}  // namespace fh::rio
