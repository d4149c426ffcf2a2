#include "codecs/moex/moex_sample.h"

#include "codecs/fast/fast_writer.h"
#include "codecs/moex/moex_messages.h"
#include "codecs/sample_random.h"

namespace fh::codecs::moex {
namespace {

using fast::FastWriter;

constexpr uint64_t kDate = 20'230'214;
constexpr uint64_t kTimeDigits = 1'000'000'000;
constexpr uint64_t kFirstSecurity = 49'630'000;
constexpr int64_t kFirstPrice = 13'300;

struct Sampler {
  explicit Sampler(uint64_t seed)
      : random(seed), number(2 + seed % 1'000'000), time(142'402'000 + random.Below(999)) {}

  // The Reset, then the map, the template and the number.
  FastWriter& Begin(uint32_t id, std::initializer_list<bool> map) {
    packet.Map({true}).Unsigned(kInfo120.type);
    return packet.Map(map).Unsigned(id).Unsigned(number);
  }
  uint64_t SendingTime() const { return kDate * kTimeDigits + time; }
  uint64_t Security() { return kFirstSecurity + random.Below(5); }

  FastWriter packet;
  SampleRandom random;
  uint64_t number;
  uint64_t time;
};

// Entry types in the order in which samples have them; what is rare last.
constexpr const char* kTypes[] = {"0", "1", "2", "J", "4", "5", "6", "7", "8", "9", "B", "C"};

void AddIncrement(Sampler& sampler, uint32_t entries) {
  FastWriter& packet = sampler.Begin(kInfo74.type, {true, true});
  packet.Signed(static_cast<int64_t>(sampler.SendingTime())).Unsigned(entries);
  uint64_t security = 0;
  uint64_t time = 0;
  for (uint32_t i = 0; i < entries; ++i) {
    const uint64_t type = sampler.random.Below(4) != 0 ? sampler.random.Below(2)
                                                       : sampler.random.Below(std::size(kTypes));
    const uint64_t action = sampler.random.Below(3);
    const uint64_t next = sampler.Security();
    const uint64_t at = sampler.time - sampler.random.Below(500);
    packet.Map({true, false, i == 0, i == 0}).Unsigned(action).Ascii(kTypes[type]);
    packet.SignedOrNull(static_cast<int64_t>(next) - static_cast<int64_t>(security));
    if (i == 0) packet.UnsignedOrNull(4349);
    packet.Unsigned(1000 + i);
    if (i == 0) packet.UnsignedOrNull(5);
    packet.UnsignedOrNull(1 + sampler.random.Below(5));
    if (type == 2) {
      packet.SignedOrNull(900'000 + i);
    } else {
      packet.Null();
    }
    packet.DecimalOrNull(static_cast<int>(sampler.random.Below(3)) - 1,
                         kFirstPrice + static_cast<int64_t>(sampler.random.Below(60)));
    packet.SignedOrNull(action == 2 ? 0 : 1 + static_cast<int64_t>(sampler.random.Below(90)));
    packet.Null().Signed(static_cast<int64_t>(at) - static_cast<int64_t>(time)).Nulls(5);
    security = next;
    time = at;
  }
}

void AddSnapshot(Sampler& sampler) {
  FastWriter& packet = sampler.Begin(kInfo75.type, {true, true});
  packet.Signed(static_cast<int64_t>(sampler.SendingTime()));
  packet.Unsigned(1000 + sampler.random.Below(100)).Unsigned(11).Unsigned(482'776);
  packet.UnsignedOrNull(sampler.Security()).Null();
  const bool is_empty = sampler.random.Below(4) == 0;
  const uint32_t entries = is_empty ? 1 : 6;
  packet.Unsigned(entries);
  uint64_t time = 0;
  int64_t size = 0;
  for (uint32_t i = 0; i < entries; ++i) {
    const uint64_t at = sampler.time - sampler.random.Below(500);
    const bool turns = i == 0 || i == entries / 2;
    packet.Map({turns, i == 0 && !is_empty, i == 0});
    if (turns) packet.Ascii(is_empty ? "J" : i == 0 ? "0" : "1");
    if (i == 0 && !is_empty) packet.UnsignedOrNull(4349);
    packet.Null();
    if (i == 0) packet.UnsignedOrNull(5);
    if (is_empty) {
      packet.Null();
    } else {
      packet.DecimalOrNull(0, kFirstPrice + (turns ? 0 : i) + (i < entries / 2 ? 0 : 10));
    }
    packet.Null().Signed(static_cast<int64_t>(at) - static_cast<int64_t>(time));
    if (is_empty) {
      packet.Null().Null();
    } else {
      const auto next = 1 + static_cast<int64_t>(sampler.random.Below(90));
      packet.SignedOrNull(next - size).UnsignedOrNull(1 + i % (entries / 2));
      size = next;
    }
    packet.Nulls(4);
    time = at;
  }
}

void AddDefinition(Sampler& sampler) {
  FastWriter& packet = sampler.Begin(kInfo79.type, {true, true});
  const bool is_option = sampler.random.Below(2) == 0;
  packet.Unsigned(sampler.SendingTime()).Unsigned(11);
  packet.Ascii(is_option ? "RTS-3.13M150313CA 140000" : "RTS-3.13").BytesOrNull("RTS \xD0\xA4");
  packet.Unsigned(sampler.Security()).Null().Null();
  packet.Ascii(is_option ? "OPT" : "FUT").Ascii(is_option ? "OCXXXX" : "FFXCSX");
  if (is_option) {
    packet.DecimalOrNull(3, 140);
  } else {
    packet.Null();
  }
  packet.DecimalOrNull(0, 1).UnsignedOrNull(17).Ascii("RUB").Ascii("F");
  packet.UnsignedOrNull(5).UnsignedOrNull(4349).Null();
  packet.Unsigned(1).Ascii("FUT-BOOK-5").UnsignedOrNull(5).UnsignedOrNull(2);
  packet.UnsignedOrNull(1).Ascii("RTS").UnsignedOrNull(77);
  packet.DecimalOrNull(1, 14'500).DecimalOrNull(1, 12'500).DecimalOrNull(0, 10);
  packet.DecimalOrNull(-5, 661'072).Nulls(6);
  if (sampler.random.Below(4) == 0) {
    packet.UnsignedOrNull(2);
    packet.Ascii("RTS-3.13").Unsigned(kFirstSecurity).Signed(0).Signed(1);
    packet.Ascii("RTS-6.13").Unsigned(kFirstSecurity + 1).Signed(0).Signed(-1);
  } else {
    packet.Null();
  }
  packet.UnsignedOrNull(1).Signed(3).Ascii("x").Null().Null();
  packet.UnsignedOrNull(1).Signed(5).Unsigned(kDate).Unsigned(sampler.SendingTime());
  packet.UnsignedOrNull(20'230'315).UnsignedOrNull(150'000'000);
}

void AddStatuses(Sampler& sampler, uint32_t id) {
  const auto now = static_cast<int64_t>(sampler.SendingTime());
  if (id == kInfo77.type) {
    sampler.Begin(id, {true}).Unsigned(sampler.SendingTime()).Unsigned(sampler.Security());
    sampler.packet.Null().DecimalOrNull(0, 13'350).Null();
  } else if (id == kInfo78.type) {
    sampler.Begin(id, {true}).Unsigned(sampler.SendingTime()).Unsigned(sampler.Security());
    sampler.packet.Ascii("RTS-3.13").UnsignedOrNull(sampler.random.Below(2) == 0 ? 17 : 18);
    sampler.packet.DecimalOrNull(1, 14'500).DecimalOrNull(1, 12'500).Nulls(3);
  } else if (id == kInfo44.type) {
    sampler.Begin(id, {true}).Unsigned(sampler.SendingTime());
  } else if (id == kInfo49.type) {
    sampler.Begin(id, {true}).Signed(now).Unsigned(1);
  } else {
    sampler.Begin(id, {true}).Signed(now).Signed(now - 10'000'000).Signed(now + 10'000'000);
    sampler.packet.Null().Null().Unsigned(5).UnsignedOrNull(4349);
    sampler.packet.Unsigned(1 + sampler.random.Below(4)).Ascii("F").Null();
  }
}

void AddNews(Sampler& sampler) {
  FastWriter& packet = sampler.Begin(kInfo303.type, {true, true});
  packet.Signed(static_cast<int64_t>(sampler.SendingTime())).Ascii("17");
  packet.SignedOrNull(static_cast<int64_t>(sampler.SendingTime())).Ascii("ru");
  packet.Bytes("\xD0\xA2\xD0\xBE\xD1\x80\xD0\xB3\xD0\xB8").Null();
  packet.Unsigned(2).Bytes("first").Bytes("");
}

}  // namespace

std::string SamplePacket(uint64_t seed) {
  Sampler sampler(seed);
  // What is frequent comes twice.
  constexpr uint32_t kIds[] = {74, 75, 79, 74, 77, 78, 75, 44, 49, 66, 303};
  const uint32_t id = kIds[seed % std::size(kIds)];
  if (id == kInfo74.type) {
    AddIncrement(sampler, 1 + static_cast<uint32_t>(sampler.random.Below(8)));
  } else if (id == kInfo75.type) {
    AddSnapshot(sampler);
  } else if (id == kInfo79.type) {
    AddDefinition(sampler);
  } else if (id == kInfo303.type) {
    AddNews(sampler);
  } else {
    AddStatuses(sampler, id);
  }
  return sampler.packet.bytes();
}

std::string IncrementPacket(uint64_t seed, uint32_t entries) {
  Sampler sampler(seed);
  AddIncrement(sampler, entries);
  return sampler.packet.bytes();
}

}  // namespace fh::codecs::moex
