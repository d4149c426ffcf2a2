#include "rio/frame/frame_lines.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "rio/socket/line_options.h"

namespace fh::rio {
namespace {

constexpr size_t kLeastSlots = 8;

std::array<uint64_t, 2> Group6(const uint8_t* group) {
  return {LoadRaw<uint64_t>(group), LoadRaw<uint64_t>(group + 8)};
}

}  // namespace

// Puts a line where its frames lead to. False when another one has them already.
bool FrameLines::Add(const Subscription& subscription, uint16_t line, Targets& targets) {
  Choice choice{.has_source = !subscription.source.is_none(),
                .source = {},
                .outer_vlan = subscription.vlan.outer,
                .line = line};
  if (choice.has_source) {
    std::memcpy(choice.source.data(), subscription.source.bytes(), subscription.source.size());
  }
  const uint32_t vlan = subscription.vlan.any ? kAnyVlanBit : VlanBits(subscription.vlan);
  Choices& choices = targets[{subscription.group.address, Order16(subscription.group.port) | vlan}];
  const auto is_same = [&choice](const Choice& other) { return choice.IsSame(other); };
  if (std::any_of(choices.begin(), choices.end(), is_same)) return false;
  choices.insert(choice.has_source ? choices.begin() : choices.end(), choice);
  return true;
}

absl::StatusOr<FrameLines> FrameLines::Create(std::span<const Subscription> subscriptions,
                                              std::span<const uint16_t> lines) {
  Targets targets;
  for (const uint16_t line : lines) {
    if (Add(subscriptions[line], line, targets)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(LineName(subscriptions[line]),
                     " is subscribed twice: a frame goes to one line; leave one of them out"));
  }
  return Of(std::move(targets));
}

FrameLines FrameLines::FirstOf(std::span<const Subscription> subscriptions) {
  Targets targets;
  for (size_t line = 0; line < subscriptions.size(); ++line) {
    Add(subscriptions[line], static_cast<uint16_t>(line), targets);
  }
  return Of(std::move(targets));
}

FrameLines FrameLines::Of(Targets targets) {
  FrameLines table;
  const size_t slots = std::bit_ceil(std::max(kLeastSlots, 4 * targets.size()));
  table.mask_ = slots - 1;
  table.shift_ = 64 - std::countr_zero(slots);
  table.slots4_.resize(slots);
  table.slots6_.resize(slots);
  for (auto& [way, choices] : targets) {
    const auto& [group, port_and_vlan] = way;
    table.has_any_vlan_ |= (port_and_vlan & kAnyVlanBit) != 0;
    const bool plain = choices.size() == 1 && !choices[0].has_source && choices[0].outer_vlan == 0;
    if (plain) {
      table.Insert(group, port_and_vlan, choices[0].line);
      continue;
    }
    table.Insert(group, port_and_vlan, static_cast<uint32_t>(table.choices_.size()) | kHasChoices);
    table.choices_.push_back(std::move(choices));
  }
  return table;
}

void FrameLines::Insert(const IpAddress& group, uint32_t port_and_vlan, uint32_t value) {
  if (group.is_v4()) {
    const uint64_t key = Key4(group.bytes(), port_and_vlan);
    size_t i = Index(key);
    while (slots4_[i].key != 0) i = (i + 1) & mask_;
    slots4_[i] = {.key = key, .value = value};
  } else {
    const std::array<uint64_t, 2> address = Group6(group.bytes());
    size_t i = Index6(address, port_and_vlan);
    while (slots6_[i].port_and_vlan != 0) i = (i + 1) & mask_;
    slots6_[i] = {.group = address, .port_and_vlan = port_and_vlan, .value = value};
  }
}

int32_t FrameLines::FindOutOfLine(Way way) const {
  int32_t line = FindKey(way);
  if (line == kNoLine && has_any_vlan_) {
    way.port_and_vlan = (way.port_and_vlan & 0xffff) | kAnyVlanBit;
    way.outer_vlan = 0;
    line = FindKey(way);
  }
  return line;
}

int32_t FrameLines::FindKey(const Way& way) const {
  const auto found = [&](uint32_t value) {
    if ((value & kHasChoices) == 0) return static_cast<int32_t>(value);
    return ChooseFrom(choices_[value & ~kHasChoices], way);
  };
  if (way.is_v6) {
    const std::array<uint64_t, 2> group = Group6(way.destination);
    for (size_t i = Index6(group, way.port_and_vlan); slots6_[i].port_and_vlan != 0;
         i = (i + 1) & mask_) {
      const Slot6& slot = slots6_[i];
      if (slot.port_and_vlan == way.port_and_vlan && slot.group == group) return found(slot.value);
    }
    return kNoLine;
  }
  const uint64_t key = Key4(way.destination, way.port_and_vlan);
  for (size_t i = Index(key); slots4_[i].key != 0; i = (i + 1) & mask_) {
    if (slots4_[i].key == key) return found(slots4_[i].value);
  }
  return kNoLine;
}

int32_t FrameLines::ChooseFrom(const Choices& choices, const Way& way) {
  const size_t bytes = way.is_v6 ? 16 : 4;
  for (const Choice& choice : choices) {
    if (choice.outer_vlan != way.outer_vlan) continue;
    if (!choice.has_source || std::memcmp(choice.source.data(), way.source, bytes) == 0) {
      return choice.line;
    }
  }
  return kNoLine;
}

int32_t FrameLines::Find(const Endpoint& destination, const IpAddress& source,
                         const Vlan& vlan) const {
  return FindOutOfLine({.destination = destination.address.bytes(),
                        .source = source.bytes(),
                        .port_and_vlan = Order16(destination.port) | VlanBits(vlan),
                        .outer_vlan = vlan.outer,
                        .is_v6 = destination.address.is_v6()});
}

}  // namespace fh::rio
