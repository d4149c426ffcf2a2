// What makes a codec a plugin: a shared library that is named where a codec's name stands.
//
//   FH_CODEC_PLUGIN(codec_mine)       // Once, in one .cc file; codec_mine is the CodecInfo.
//
//   feedhandler replay day.pcap --codec=./libmine.so
//   feed { codec: "./libmine.so" ... }
//
// codecs/example is such a codec, with a README that leads through it.
//
// Why C++ goes over this boundary, and not a table in C as for strategies. A strategy is given one
// struct of 64 bytes. A codec gives the program descriptions of its messages, is asked for spans of
// packets twice a burst, and writes names and terms into the store that strategies read: that in C
// would be a second contract beside codec.h, with a copy of each description, and none of the
// templates that make a codec short and fast. So a plugin is built with the headers and the library
// of the very version that loads it, and by the same compiler and standard library; what it was
// built with stands in it, and the loader compares before it touches anything else. What differs is
// refused with a sentence that says what to rebuild. A plugin costs what a built-in codec costs.
//
// A plugin runs inside of the program, with all its rights: load none that you would not run. It is
// never unloaded, since descriptions of its messages may be in use anywhere.
#ifndef FEEDHANDLER_CODECS_PLUGIN_H_
#define FEEDHANDLER_CODECS_PLUGIN_H_

#include <cstdint>
#include <iterator>

#include "absl/base/config.h"
#include "codecs/codec.h"
#include "codecs/codec_abi_id.h"
#include "codecs/instrument_store.h"
#include "codecs/message.h"
#include "codecs/update.h"
#include "codecs/value.h"
#include "rio/packet.h"

// Changes when the meaning of this file changes; FH_CODEC_ABI_ID when any of the headers that are
// the contract does (made from them by codecs/CMakeLists.txt).
#define FH_CODEC_ABI_VERSION 1
// The exported function, as the loader looks it up.
#define FH_CODEC_SYMBOL "fh_codec_plugin"

#if defined(_WIN32)
#define FH_CODEC_VISIBLE __declspec(dllexport)
#else
#define FH_CODEC_VISIBLE __attribute__((visibility("default")))
#endif

#define FH_CODEC_TEXT_OF(value) #value
#define FH_CODEC_TEXT(value) FH_CODEC_TEXT_OF(value)
#if defined(__clang__)
#define FH_CODEC_COMPILER "clang " FH_CODEC_TEXT(__clang_major__)
#else
#define FH_CODEC_COMPILER "gcc " FH_CODEC_TEXT(__GNUC__)
#endif
#if defined(_LIBCPP_VERSION)
#define FH_CODEC_LIBRARY ", libc++ " FH_CODEC_TEXT(_LIBCPP_VERSION)
#elif defined(_GLIBCXX_DEBUG)
#define FH_CODEC_LIBRARY ", libstdc++ " FH_CODEC_TEXT(_GLIBCXX_RELEASE) " for debugging"
#else
#define FH_CODEC_LIBRARY ", libstdc++ " FH_CODEC_TEXT(_GLIBCXX_RELEASE)
#endif
#if defined(__has_feature)
#define FH_CODEC_HAS(feature) __has_feature(feature)
#else
#define FH_CODEC_HAS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || FH_CODEC_HAS(address_sanitizer)
#define FH_CODEC_SANITIZER ", address sanitizer"
#elif defined(__SANITIZE_THREAD__) || FH_CODEC_HAS(thread_sanitizer)
#define FH_CODEC_SANITIZER ", thread sanitizer"
#else
#define FH_CODEC_SANITIZER ""
#endif
#define FH_CODEC_BUILT_BY                                                                \
  FH_CODEC_COMPILER FH_CODEC_LIBRARY ", Abseil " FH_CODEC_TEXT(ABSL_LTS_RELEASE_VERSION) \
      FH_CODEC_SANITIZER

namespace fh::codecs {

// How large a struct or class of the contract is. In C's terms, like CodecPlugin.
struct StructSize {
  const char* name;
  uint64_t bytes;
};

// What a plugin exports. The first four fields stay where they are for ever; nothing behind them is
// read before they were compared.
struct CodecPlugin {
  uint32_t struct_size;     // sizeof(CodecPlugin)
  uint32_t abi_version;     // FH_CODEC_ABI_VERSION
  const char* built_by;     // FH_CODEC_BUILT_BY: compiler, standard library, Abseil.
  const char* headers;      // FH_CODEC_ABI_ID
  const StructSize* sizes;  // kContractSizes; says more of headers that differ.
  uint64_t size_count;
  const CodecInfo* info;
};

using CodecPluginFunction = const CodecPlugin* (*)();

inline constexpr StructSize kContractSizes[] = {
    {"CodecInfo", sizeof(CodecInfo)},
    {"CodecOptions", sizeof(CodecOptions)},
    {"Codec", sizeof(Codec)},
    {"CodecStats", sizeof(CodecStats)},
    {"PacketFrame", sizeof(PacketFrame)},
    {"DecodeJob", sizeof(DecodeJob)},
    {"StreamEvent", sizeof(StreamEvent)},
    {"rio::Packet", sizeof(rio::Packet)},
    {"NormalizedUpdate", sizeof(NormalizedUpdate)},
    {"UpdateWriter", sizeof(UpdateWriter)},
    {"InstrumentStore", sizeof(InstrumentStore)},
    {"fh_terms", sizeof(fh_terms)},
    {"MessageInfo", sizeof(MessageInfo)},
    {"GroupInfo", sizeof(GroupInfo)},
    {"FieldInfo", sizeof(FieldInfo)},
    {"Value", sizeof(Value)},
};

}  // namespace fh::codecs

// At namespace scope, with the CodecInfo in sight (the name may have namespaces before it).
#define FH_CODEC_PLUGIN(codec_info)                                                           \
  extern "C" FH_CODEC_VISIBLE const ::fh::codecs::CodecPlugin* fh_codec_plugin();             \
  extern "C" const ::fh::codecs::CodecPlugin* fh_codec_plugin() {                             \
    static const ::fh::codecs::CodecPlugin plugin = {sizeof(::fh::codecs::CodecPlugin),       \
                                                     FH_CODEC_ABI_VERSION,                    \
                                                     FH_CODEC_BUILT_BY,                       \
                                                     FH_CODEC_ABI_ID,                         \
                                                     ::fh::codecs::kContractSizes,            \
                                                     std::size(::fh::codecs::kContractSizes), \
                                                     &codec_info};                            \
    return &plugin;                                                                           \
  }                                                                                           \
  static_assert(true)

#endif  // FEEDHANDLER_CODECS_PLUGIN_H_
