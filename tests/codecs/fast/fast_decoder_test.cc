// The operators, types and dictionaries of FAST 1.1 by vectors of bytes: what the specification's
// appendix has, and what hostile bytes must not do.
#include "codecs/fast/fast_decoder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "codecs/fast/fast_xml.h"
#include "codecs/value.h"
#include "tests/captures.h"

namespace fh::codecs::fast {
namespace {

// "a=5 b=- s[x=1,x=2]": - is absent, texts in quotes.
class TextVisitor {
 public:
  void BeginMessage(const FastPlan::Template& source) {
    if (depth_++ != 0) absl::StrAppend(&text, "<", source.source->info->name, " ");
    ids.push_back(source.source->info->type);
  }
  void Field(FastTag, const FastField& field, const Value& value) {
    absl::StrAppend(&text, field.name, "=");
    if (value.state != Value::State::kThere) {
      text += "-";
    } else if (IsText(field.type)) {
      absl::StrAppend(
          &text, "'",
          absl::CEscape({reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()}),
          "'");
    } else if (field.type == FastType::kDecimal) {
      absl::StrAppend(&text, static_cast<int64_t>(value.number), "e", value.exponent);
    } else if (field.is_signed) {
      absl::StrAppend(&text, static_cast<int64_t>(value.number));
    } else {
      absl::StrAppend(&text, value.number);
    }
    text += " ";
  }
  void BeginGroup(const FastGroup& group, uint32_t, uint32_t entries) {
    absl::StrAppend(&text, group.info->name, ":", entries, "[");
  }
  void BeginEntry(uint32_t) {}
  void EndEntry(uint32_t) { text += "; "; }
  void EndGroup(const FastGroup&) { text += "] "; }
  void EndMessage(const FastPlan::Template&) {
    if (--depth_ != 0) text += "> ";
  }

  std::string text;
  std::vector<uint32_t> ids;

 private:
  int depth_ = 0;
};

// A template of id 1 (or several, from XML), and messages in hexadecimal behind it.
class Stream {
 public:
  explicit Stream(const std::string& fields)
      : Stream("<template name='t' id='1'>" + fields + "</template>", true) {}
  Stream(const std::string& templates, bool) {
    auto file = FastTemplates::Parse("<templates>" + templates + "</templates>", "test.xml");
    EXPECT_TRUE(file.ok()) << file.status();
    file_ = *std::move(file);
    auto plan = FastPlan::Build(file_->templates(), "test.xml", nullptr);
    EXPECT_TRUE(plan.ok()) << plan.status();
    plan_ = *std::move(plan);
    decoder_ = std::make_unique<FastDecoder>(*plan_);
  }

  // All of the bytes, as messages; or the error.
  std::string Take(const std::string& hex) {
    const std::string bytes = absl::HexStringToBytes(absl::StrReplaceAll(hex, {{" ", ""}}));
    // On the heap and no longer: a sanitizer sees every read beyond.
    const auto copy = std::make_unique<uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), copy.get());
    FastCursor cursor{copy.get(), copy.get() + bytes.size()};
    std::string all;
    while (cursor.left() != 0) {
      TextVisitor visitor;
      const FastError error = decoder_->Decode(cursor, visitor);
      if (error != FastError::kNone) return ReasonOf(error);
      if (!visitor.text.empty()) visitor.text.pop_back();
      absl::StrAppend(&all, all.empty() ? "" : "|", visitor.text);
    }
    return all;
  }

  // One message at the front of the bytes, and how many of them it took.
  std::pair<std::string, size_t> TakeOne(const std::string& bytes) {
    FastCursor cursor{reinterpret_cast<const uint8_t*>(bytes.data()),
                      reinterpret_cast<const uint8_t*>(bytes.data()) + bytes.size()};
    TextVisitor visitor;
    const FastError error = decoder_->Decode(cursor, visitor);
    if (error != FastError::kNone) return {ReasonOf(error), 0};
    return {visitor.text, bytes.size() - cursor.left()};
  }

  void Reset() { decoder_->Reset(); }

 private:
  std::unique_ptr<const FastTemplates> file_;
  std::unique_ptr<const FastPlan> plan_;
  std::unique_ptr<FastDecoder> decoder_;
};

// Of one field without an operator: its bytes behind a map (C0) and a template id (81).
std::string One(const std::string& field, const std::string& hex) {
  return Stream(field).Take("C0 81" + hex);
}

std::string Named(const std::string& type, const char* more = "") {
  return absl::StrCat("<", type, " name='v' ", more, "/>");
}
constexpr char kOptional[] = "presence='optional'";

TEST(FastTypes, IntegersAreReadWithTheirSignsAndNulls) {
  EXPECT_EQ(One(Named("int32", kOptional), "39 45 a4"), "v=942755");
  EXPECT_EQ(One(Named("int32"), "39 45 a3"), "v=942755");
  EXPECT_EQ(One(Named("int32", kOptional), "46 3a dd"), "v=-942755");
  EXPECT_EQ(One(Named("int32"), "7c 1b 1b 9d"), "v=-7942755");
  EXPECT_EQ(One(Named("int32"), "00 40 81"), "v=8193");
  EXPECT_EQ(One(Named("int32"), "7f 3f ff"), "v=-8193");
  EXPECT_EQ(One(Named("uInt32", kOptional), "80"), "v=-");
  EXPECT_EQ(One(Named("uInt32", kOptional), "81"), "v=0");
  EXPECT_EQ(One(Named("uInt32", kOptional), "82"), "v=1");
  EXPECT_EQ(One(Named("uInt32"), "80"), "v=0");
  EXPECT_EQ(One(Named("int64", kOptional), "80"), "v=-");
}

TEST(FastTypes, IntegersEndWithTheirRanges) {
  const std::string range = ReasonOf(FastError::kIntegerRange);
  EXPECT_EQ(One(Named("uInt32"), "0f 7f 7f 7f ff"), "v=4294967295");
  EXPECT_EQ(One(Named("uInt32"), "10 00 00 00 80"), range);
  EXPECT_EQ(One(Named("uInt32", kOptional), "10 00 00 00 80"), "v=4294967295");
  EXPECT_EQ(One(Named("uInt32", kOptional), "10 00 00 00 81"), range);
  EXPECT_EQ(One(Named("uInt32"), "00 00 00 00 00 81"), range) << "six bytes";
  EXPECT_EQ(One(Named("uInt32"), "00 00 81"), "v=1") << "leading zeros are legal";
  EXPECT_EQ(One(Named("int32"), "07 7f 7f 7f ff"), "v=2147483647");
  EXPECT_EQ(One(Named("int32"), "08 00 00 00 80"), range);
  EXPECT_EQ(One(Named("int32"), "78 00 00 00 80"), "v=-2147483648");
  EXPECT_EQ(One(Named("int32"), "77 7f 7f 7f ff"), range);
  const std::string high = "01 7f 7f 7f 7f 7f 7f 7f 7f ff";
  EXPECT_EQ(One(Named("uInt64"), high), "v=18446744073709551615");
  EXPECT_EQ(One(Named("uInt64"), "02 00 00 00 00 00 00 00 00 80"), range);
  EXPECT_EQ(One(Named("uInt64", kOptional), "02 00 00 00 00 00 00 00 00 80"),
            "v=18446744073709551615");
  EXPECT_EQ(One(Named("uInt64"), "01 00 00 00 00 00 00 00 00 00 80"), range) << "eleven bytes";
  EXPECT_EQ(One(Named("int64"), "00 7f 7f 7f 7f 7f 7f 7f 7f ff"), "v=9223372036854775807");
  EXPECT_EQ(One(Named("int64"), "01 00 00 00 00 00 00 00 00 80"), range);
  EXPECT_EQ(One(Named("int64", kOptional), "01 00 00 00 00 00 00 00 00 80"),
            "v=9223372036854775807");
  EXPECT_EQ(One(Named("int64"), "7f 00 00 00 00 00 00 00 00 80"), "v=-9223372036854775808");
}

TEST(FastTypes, AsciiHasNullEmptyAndZero) {
  EXPECT_EQ(One(Named("string", kOptional), "80"), "v=-");
  EXPECT_EQ(One(Named("string", kOptional), "41 42 c3"), "v='ABC'");
  EXPECT_EQ(One(Named("string", kOptional), "00 80"), "v=''");
  EXPECT_EQ(One(Named("string", kOptional), "00 00 80"), "v='\\000'");
  EXPECT_EQ(One(Named("string"), "80"), "v=''");
  EXPECT_EQ(One(Named("string"), "00 80"), "v='\\000'");
  EXPECT_EQ(One(Named("string"), "00 c1"), "v='A'") << "overlong";
}

TEST(FastTypes, VectorsAndUnicodeHaveALength) {
  EXPECT_EQ(One(Named("byteVector", kOptional), "80"), "v=-");
  EXPECT_EQ(One(Named("byteVector", kOptional), "84 41 42 43"), "v='ABC'");
  EXPECT_EQ(One(Named("byteVector", kOptional), "81"), "v=''");
  EXPECT_EQ(One(Named("byteVector"), "83 41 00 ff"), "v='A\\000\\377'");
  EXPECT_EQ(One(Named("string", "charset='unicode'"), "82 d0 a4"), "v='\\320\\244'");
  EXPECT_EQ(One(Named("byteVector"), "83 41 42"), ReasonOf(FastError::kCut));
}

TEST(FastTypes, DecimalsHaveAnExponentOf63AtMost) {
  EXPECT_EQ(One(Named("decimal"), "82 39 45 a3"), "v=942755e2");
  EXPECT_EQ(One(Named("decimal", kOptional), "83 39 45 a3"), "v=942755e2");
  EXPECT_EQ(One(Named("decimal"), "fe 39 45 a3"), "v=942755e-2");
  EXPECT_EQ(One(Named("decimal", kOptional), "80"), "v=-") << "no mantissa then";
  EXPECT_EQ(One(Named("decimal"), "bf 81"), "v=1e63");
  EXPECT_EQ(One(Named("decimal"), "00 c0 81"), ReasonOf(FastError::kExponentRange));
  EXPECT_EQ(One(Named("decimal"), "c0 81"), ReasonOf(FastError::kExponentRange)) << "-64";
}

std::string Field(const char* type, const char* more, const char* op) {
  return absl::StrCat("<", type, " name='v' ", more, ">", op, "</", type, ">");
}

TEST(FastOperators, ConstantTakesABitOnlyWhenOptional) {
  EXPECT_EQ(Stream(Field("uInt32", "", "<constant value='9'/>")).Take("C0 81"), "v=9");
  Stream optional(Field("uInt32", kOptional, "<constant value='9'/>"));
  EXPECT_EQ(optional.Take("E0 81 C0 81"), "v=9|v=-");
}

TEST(FastOperators, DefaultStandsForWhatIsNotSent) {
  Stream mandatory(Field("uInt32", "", "<default value='7'/>"));
  EXPECT_EQ(mandatory.Take("C0 81 E0 81 81 C0 81"), "v=7|v=1|v=7");
  Stream optional(Field("uInt32", kOptional, "<default value='7'/>"));
  EXPECT_EQ(optional.Take("C0 81 E0 81 80 E0 81 82"), "v=7|v=-|v=1");
  Stream nothing(Field("uInt32", kOptional, "<default/>"));
  EXPECT_EQ(nothing.Take("C0 81 E0 81 82"), "v=-|v=1");
}

TEST(FastOperators, CopyRepeatsThePreviousValue) {
  Stream text(Field("string", "", "<copy/>"));
  EXPECT_EQ(text.Take("E0 81 43 4d c5 80 80 A0 49 53 c5 80"),
            "v='CME'|v='CME'|v='CME'|v='ISE'|v='ISE'");
  EXPECT_EQ(Stream(Field("uInt32", "", "<copy/>")).Take("C0 81"), ReasonOf(FastError::kNoPrevious));
  Stream initial(Field("uInt32", "", "<copy value='5'/>"));
  EXPECT_EQ(initial.Take("C0 81 E0 81 86 C0 81"), "v=5|v=6|v=6");
}

TEST(FastOperators, CopyKeepsNullAsEmpty) {
  Stream optional(Field("uInt32", kOptional, "<copy value='5'/>"));
  // The initial value; null; nothing: it stays empty, the initial one does not come back.
  EXPECT_EQ(optional.Take("C0 81 E0 81 80 C0 81 E0 81 88 C0 81"), "v=5|v=-|v=-|v=7|v=7");
  Stream undefined(Field("uInt32", kOptional, "<copy/>"));
  EXPECT_EQ(undefined.Take("C0 81"), "v=-");
}

TEST(FastOperators, AMandatoryFieldOfAnEmptyPreviousValueIsAnError) {
  Stream shared(Field("uInt32", kOptional, "<copy key='k'/>") +
                "<uInt32 name='w'><copy key='k'/></uInt32>");
  EXPECT_EQ(shared.Take("E0 81 80"), ReasonOf(FastError::kEmptyPrevious));
}

TEST(FastOperators, IncrementAddsOne) {
  Stream mandatory(Field("uInt32", "", "<increment/>"));
  EXPECT_EQ(mandatory.Take("E0 81 81 C0 81 E0 81 84 C0 81"), "v=1|v=2|v=4|v=5");
  Stream initial(Field("uInt32", "", "<increment value='10'/>"));
  EXPECT_EQ(initial.Take("C0 81 C0 81"), "v=10|v=11");
  Stream wraps(Field("int32", "", "<increment/>"));
  EXPECT_EQ(wraps.Take("E0 81 07 7f 7f 7f ff C0 81"), "v=2147483647|v=-2147483648");
}

TEST(FastOperators, DeltaAddsToThePreviousValue) {
  Stream number(Field("int32", "", "<delta/>"));
  EXPECT_EQ(number.Take("C0 81 9e C0 81 80"), "v=30|v=30");
  Stream minus(Field("int32", "", "<delta value='100'/>"));
  EXPECT_EQ(minus.Take("C0 81 ff C0 81 fe"), "v=99|v=97");
  Stream optional(Field("uInt32", kOptional, "<delta/>"));
  EXPECT_EQ(optional.Take("C0 81 86 C0 81 80 C0 81 82 C0 81 81 C0 81 ff"), "v=5|v=-|v=6|v=6|v=5");
  Stream below(Field("uInt32", "", "<delta/>"));
  EXPECT_EQ(below.Take("C0 81 ff"), ReasonOf(FastError::kIntegerRange));
  // 2^64 - 1, and back to 0 by a delta that takes 65 bits.
  Stream wide(Field("uInt64", "", "<delta/>"));
  EXPECT_EQ(wide.Take("C0 81 01 7f 7f 7f 7f 7f 7f 7f 7f ff C0 81 7e 00 00 00 00 00 00 00 00 81"),
            "v=18446744073709551615|v=0");
}

TEST(FastOperators, DeltaOfDecimalsAddsBothNumbers) {
  Stream mandatory(Field("decimal", "", "<delta/>"));
  EXPECT_EQ(mandatory.Take("C0 81 fe 39 45 a3 C0 81 80 fc C0 81 80 fb"),
            "v=942755e-2|v=942751e-2|v=942746e-2");
  Stream optional(Field("decimal", kOptional, "<delta value='12.50'/>"));
  EXPECT_EQ(optional.Take("C0 81 81 85 C0 81 80 C0 81 ff 81"), "v=130e-1|v=-|v=131e-2");
  Stream far(Field("decimal", "", "<delta/>"));
  EXPECT_EQ(far.Take("C0 81 bf 81 C0 81 81 80"), ReasonOf(FastError::kExponentRange));
}

TEST(FastOperators, DeltaOfTextsTakesOffEitherEnd) {
  Stream mandatory(Field("string", "", "<delta/>"));
  EXPECT_EQ(mandatory.Take("C0 81 80 47 45 48 b6 C0 81 82 4d b6 C0 81 fd 45 d3 C0 81 ff 52 d3"),
            "v='GEH6'|v='GEM6'|v='ESM6'|v='RSESM6'");
  Stream more(Field("string", "", "<delta value='ab'/>"));
  EXPECT_EQ(more.Take("C0 81 83 c1"), ReasonOf(FastError::kSubtraction));
  EXPECT_EQ(Stream(Field("string", "", "<delta value='ab'/>")).Take("C0 81 fc c1"),
            ReasonOf(FastError::kSubtraction));
  Stream vector(Field("byteVector", kOptional, "<delta value='61 62'/>"));
  EXPECT_EQ(vector.Take("C0 81 82 81 ff C0 81 80 C0 81 81 81 63"), "v='a\\377'|v=-|v='a\\377c'");
}

TEST(FastOperators, TailReplacesTheEnd) {
  Stream mandatory(Field("string", "", "<tail/>"));
  EXPECT_EQ(mandatory.Take("E0 81 47 45 48 b6 E0 81 4d b7 C0 81 E0 81 41 42 43 44 c5"),
            "v='GEH6'|v='GEM7'|v='GEM7'|v='ABCDE'");
  Stream optional(Field("string", kOptional, "<tail value='xyz'/>"));
  EXPECT_EQ(optional.Take("E0 81 c1 E0 81 80 C0 81 E0 81 c2"), "v='xyA'|v=-|v=-|v='xyB'");
  Stream unicode(Field("string", "charset='unicode'", "<tail value='abc'/>"));
  EXPECT_EQ(unicode.Take("E0 81 82 d0 a4 C0 81"), "v='a\\320\\244'|v='a\\320\\244'");
}

constexpr char kSplit[] =
    "<decimal name='v' %P><exponent><default value='-2'/></exponent><mantissa><delta/></mantissa>"
    "</decimal><uInt32 name='w'><copy value='1'/></uInt32>";

std::string Split(const char* presence) { return absl::StrReplaceAll(kSplit, {{"%P", presence}}); }

TEST(FastOperators, ExponentAndMantissaMayHaveTheirOwn) {
  Stream mandatory(Split(""));
  EXPECT_EQ(mandatory.Take("C0 81 85 C0 81 81 E0 81 80 81"), "v=5e-2 w=1|v=6e-2 w=1|v=7e0 w=1");
  Stream optional(Split(kOptional));
  // Absent: neither a bit nor a byte of the mantissa; the next field's bit follows.
  EXPECT_EQ(optional.Take("F0 81 80 89 C0 81 83"), "v=- w=9|v=3e-2 w=9");
  Stream bits(
      "<decimal name='v' presence='optional'><exponent><copy/></exponent><mantissa><copy/>"
      "</mantissa></decimal><uInt32 name='w'><copy value='1'/></uInt32>");
  EXPECT_EQ(bits.Take("F0 81 82 85 C0 81 E0 81 80"), "v=5e1 w=1|v=5e1 w=1|v=- w=1");
}

TEST(FastSegments, SequencesHaveAMapWhenAFieldOfTheirsTakesABit) {
  const std::string plain = "<sequence name='s'><length name='n'/><uInt32 name='x'/></sequence>";
  EXPECT_EQ(Stream(plain).Take("C0 81 82 85 86"), "s:2[x=5 ; x=6 ; ]");
  const std::string mapped =
      "<sequence name='s' presence='optional'><uInt32 name='x'><copy/></uInt32></sequence>";
  EXPECT_EQ(Stream(mapped).Take("C0 81 83 C0 85 80 C0 81 80"), "s:2[x=5 ; x=5 ; ]|s:0[]");
  const std::string counted =
      "<sequence name='s'><length><copy value='1'/></length><uInt32 name='x'/></sequence>";
  EXPECT_EQ(Stream(counted).Take("C0 81 85 E0 81 82 86 87 C0 81 88 89"),
            "s:1[x=5 ; ]|s:2[x=6 ; x=7 ; ]|s:2[x=8 ; x=9 ; ]");
}

TEST(FastSegments, GroupsTakeABitWhenOptional) {
  const std::string group =
      "<group name='g' presence='optional'><uInt32 name='x'><default value='3'/></uInt32></group>"
      "<uInt32 name='w'><default value='1'/></uInt32>";
  EXPECT_EQ(Stream(group).Take("E0 81 80 D0 81 82 F0 81 C0 84 82"),
            "g:1[x=3 ; ] w=1|g:0[] w=2|g:1[x=4 ; ] w=2");
}

TEST(FastSegments, StaticReferencesShareTheMapAndDynamicOnesHaveTheirOwn) {
  const std::string templates =
      "<template name='base'><uInt32 name='b'><copy value='1'/></uInt32></template>"
      "<template name='inner' id='2'><uInt32 name='i'><default value='4'/></uInt32></template>"
      "<template name='t' id='1'><uInt32 name='a'><default value='1'/></uInt32>"
      "<templateRef name='base'/><templateRef/><uInt32 name='c'/></template>";
  EXPECT_EQ(Stream(templates, true).Take("D0 81 85 E0 82 89 87"), "a=1 b=5 <inner i=9 > c=7");
  EXPECT_EQ(Stream(templates, true).Take("C0 81 C0 83 80"), ReasonOf(FastError::kUnknownTemplate));
  // A message that holds itself ends with its bytes, or with the depth.
  const std::string self = "<template name='t' id='1'><templateRef/></template>";
  EXPECT_EQ(Stream(self, true).Take("C0 81 80 80 80 80 80 80 80 80"),
            ReasonOf(FastError::kTooDeep));
}

TEST(FastDictionaries, ScopesShareOrSeparate) {
  const auto two = [](const char* first, const char* second) {
    return absl::StrCat("<template name='a' id='1' ", first, "><uInt32 name='v'><copy/></uInt32>",
                        "</template><template name='b' id='2' ", second,
                        "><uInt32 name='v'><copy value='9'/></uInt32></template>");
  };
  const std::string message = "E0 81 85 C0 82";
  EXPECT_EQ(Stream(two("", ""), true).Take(message), "v=5|v=5") << "global";
  EXPECT_EQ(Stream(two("", "dictionary='template'"), true).Take(message), "v=5|v=9");
  EXPECT_EQ(Stream(two("dictionary='d'", "dictionary='d'"), true).Take(message), "v=5|v=5");
  EXPECT_EQ(Stream(two("dictionary='d'", "dictionary='e'"), true).Take(message), "v=5|v=9");
  const auto typed = [](const char* first, const char* second) {
    return absl::StrCat("<template name='a' id='1' dictionary='type'><typeRef name='", first,
                        "'/><uInt32 name='v'><copy/></uInt32></template>",
                        "<template name='b' id='2' dictionary='type'><typeRef name='", second,
                        "'/><uInt32 name='v'><copy value='9'/></uInt32></template>");
  };
  EXPECT_EQ(Stream(typed("T", "T"), true).Take(message), "v=5|v=5");
  EXPECT_EQ(Stream(typed("T", "U"), true).Take(message), "v=5|v=9");
}

TEST(FastDictionaries, KeysShareAndAnotherTypeIsAnError) {
  EXPECT_EQ(Stream("<uInt32 name='a'><copy key='k'/></uInt32><uInt32 name='b'><copy key='k'/>"
                   "</uInt32>")
                .Take("E0 81 85"),
            "a=5 b=5");
  EXPECT_EQ(Stream("<uInt32 name='a'><copy key='k'/></uInt32><int64 name='b'><copy key='k'/>"
                   "</int64>")
                .Take("E0 81 85"),
            ReasonOf(FastError::kOtherType));
}

TEST(FastDictionaries, AResetForgetsValuesAndTheTemplate) {
  Stream stream(Field("uInt32", "", "<copy value='1'/>"));
  EXPECT_EQ(stream.Take("E0 81 85 80"), "v=5|v=5");
  stream.Reset();
  EXPECT_EQ(stream.Take("80"), ReasonOf(FastError::kNoTemplate));
  EXPECT_EQ(stream.Take("C0 81"), "v=1");
  const std::string templates =
      "<template name='r' id='2' xmlns:scp='x' scp:reset='yes'/>"
      "<template name='t' id='1'><uInt32 name='v'><copy value='1'/></uInt32></template>";
  EXPECT_EQ(Stream(templates, true).Take("E0 81 85 C0 82 C0 81"), "v=5||v=1");
}

TEST(FastHostile, WorkAndEntriesAreBounded) {
  // Entries without bytes: the count is all that is sent.
  const std::string empty =
      "<sequence name='s'><uInt32 name='x'><constant value='1'/></uInt32></sequence>";
  EXPECT_EQ(Stream(empty).Take("C0 81 04 00 80"), ReasonOf(FastError::kSequenceTooLong));
  const std::string nested =
      "<sequence name='o'><sequence name='p'><length><default value='65000'/>"
      "</length><sequence name='q'><length><constant value='65000'/></length>"
      "<uInt32 name='x'><constant value='1'/></uInt32></sequence></sequence>"
      "</sequence>";
  EXPECT_EQ(Stream(nested).Take("C0 81 81 80"), ReasonOf(FastError::kTooMuchWork));
  EXPECT_EQ(One("<sequence name='s'><uInt32 name='x'/></sequence>", "85 81 81"),
            ReasonOf(FastError::kSequenceTooLong));
}

TEST(FastHostile, ATextToRememberIsBounded) {
  std::string bytes;
  for (int i = 0; i < 1100; ++i) bytes += "41";
  EXPECT_EQ(Stream(Field("string", "", "<copy/>")).Take("E0 81" + bytes + "c1"),
            ReasonOf(FastError::kTextTooLong));
  std::string grown = "C0 81";
  Stream grows(Field("string", "", "<delta/>"));
  std::string said;
  for (int i = 0; i < 300 && said.find("1024") == std::string::npos; ++i) {
    said = grows.Take("C0 81 80 41 42 43 44 c5");
  }
  EXPECT_EQ(said, ReasonOf(FastError::kTextTooLong));
}

TEST(FastHostile, EveryCutIsSaid) {
  const std::string message = "F0 81 43 4d c5 82 39 45 a3 82 d0 a4 82 85 86";
  const std::string fields =
      "<string name='a'><copy/></string><decimal name='d'><copy value='1'/></decimal>"
      "<string name='u' charset='unicode'/><sequence name='s'><uInt32 name='x'/></sequence>";
  EXPECT_EQ(Stream(fields).Take(message), "a='CME' d=942755e2 u='\\320\\244' s:2[x=5 ; x=6 ; ]");
  for (size_t length = 2; length < message.size(); length += 3) {
    const std::string said = Stream(fields).Take(message.substr(0, length));
    EXPECT_TRUE(said == ReasonOf(FastError::kCut) || said == ReasonOf(FastError::kSequenceTooLong))
        << length << ": " << said;
  }
}

// Most fields are read eight bytes at a time, those at the end of the bytes one by one: both ways,
// random messages of every type and of the operators are the same, value by value.
TEST(FastHostile, WhatStandsBehindAMessageChangesNothing) {
  std::vector<std::string> all;
  for (const char* type : {"uInt32", "int32", "uInt64", "int64", "decimal", "string"}) {
    for (const char* presence : {"", "presence='optional'"}) {
      all.push_back(absl::StrCat("<", type, " name='f", all.size(), "' ", presence, "/>"));
    }
  }
  for (const char* type : {"uInt32", "int32", "uInt64", "int64"}) {
    for (const char* op : {"copy", "increment", "delta"}) {
      for (const char* presence : {"", "presence='optional'"}) {
        all.push_back(absl::StrCat("<", type, " name='f", all.size(), "' ", presence, "><", op,
                                   " value='5'/></", type, ">"));
      }
    }
  }
  std::mt19937_64 random(7);
  uint64_t whole = 0;
  for (int stream = 0; stream < 400; ++stream) {
    std::string fields;
    for (int i = 0; i < 5; ++i) fields += all[random() % all.size()];
    Stream exact(fields);
    Stream within(fields);
    for (int message = 0; message < 30; ++message) {
      std::string bytes = absl::HexStringToBytes("C081");
      bytes[0] = static_cast<char>(0x40 | random() % 64);
      for (int i = 0; i < 4; ++i) bytes.insert(1, 1, static_cast<char>(random() % 128));
      bytes[4] = static_cast<char>(bytes[4] | 0x80);
      // Mostly short fields, and now and then one that is too long.
      for (int i = 0; i < 60; ++i) {
        bytes += static_cast<char>(random() % 256 | (random() % 4 == 0 ? 0 : 0x80));
      }
      const auto [text, size] = within.TakeOne(bytes);
      const auto [same, taken] = exact.TakeOne(size == 0 ? bytes : bytes.substr(0, size));
      ASSERT_EQ(same, text) << absl::BytesToHexString(bytes);
      ASSERT_EQ(taken, size);
      if (size == 0) break;  // What is remembered is void.
      ++whole;
    }
  }
  EXPECT_GT(whole, 300u);
}

// 30,000 messages of another implementation's measurement, each consumed to its last byte.
TEST(FastGolden, AnotherImplementationsMessagesAreConsumedExactly) {
  const auto path = test::CaptureFile("fast_perf/complex30000.dat");
  const auto schema = test::CaptureFile("fast_perf/example.xml");
  if (!path || !schema) GTEST_SKIP() << test::kNoCaptures;
  auto file = FastTemplates::Load(schema->string());
  ASSERT_TRUE(file.ok()) << file.status();
  auto plan = FastPlan::Build((*file)->templates(), "example.xml", nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status();
  FastDecoder decoder(**plan);
  std::ifstream stream(*path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  std::map<uint32_t, uint64_t> by_type;
  uint64_t number = 0;
  for (size_t at = 0; at + 4 <= bytes.size();) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data()) + at;
    const auto length = codecs::internal::Load<std::endian::little, uint32_t>(data);
    ASSERT_LE(length, bytes.size() - at - 4);
    FastCursor cursor{data + 4, data + 4 + length};
    TextVisitor visitor;
    const FastError error = decoder.Decode(cursor, visitor);
    ASSERT_EQ(error, FastError::kNone) << ReasonOf(error) << " at " << at;
    ASSERT_EQ(cursor.left(), 0u) << "at " << at;
    ++by_type[visitor.ids.at(0)];
    if (visitor.ids[0] != 99) {
      ASSERT_NE(visitor.text.find(absl::StrCat("msg_seq_num=", ++number, " ")), std::string::npos)
          << visitor.text;
    }
    at += 4 + length;
  }
  EXPECT_EQ(by_type, (std::map<uint32_t, uint64_t>{{1, 29'700}, {2, 300}, {99, 1}}));
}

}  // namespace
}  // namespace fh::codecs::fast
