// JSON text: objects, arrays, values, with commas and escapes where they belong. The one place
// where this project writes JSON, on the hot path too.
//
//   JsonWriter json;                                      // Into a string of its own.
//   json.BeginObject().Key("packets").Number(5).Key("name").Text("a\"b").EndObject();
//   json.text()                                           // {"packets":5,"name":"a\"b"}
//
//   JsonWriterTo<BufferSink> line(BufferSink{buffer});    // At a pointer: nothing allocates.
//   ... line.sink().at                                   // Where it ends.
//
// The caller balances what it begins, and puts a key before each value of an object. Texts may hold
// any bytes: what is not printable ASCII comes out as \u00XX, byte for byte, so the result is valid
// JSON whatever a capture holds. Any thread. Costs what its sink does: some ns a value.
#ifndef FEEDHANDLER_CODECS_JSON_WRITER_H_
#define FEEDHANDLER_CODECS_JSON_WRITER_H_

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fh {

// Where JSON goes: the end of a string, which grows. A sink gives room for a short piece, and takes
// what was written there up to `end`; longer ones are put.
struct StringSink {
  std::string& text;
  char room[128];

  explicit StringSink(std::string& to) : text(to) {}
  char* Room() { return room; }
  void Take(const char* end) { text.append(room, static_cast<size_t>(end - room)); }
  void Put(std::string_view piece) { text.append(piece.data(), piece.size()); }
};

// Where `at` points, which moves on. The caller knows that there is room.
struct BufferSink {
  char* at;

  char* Room() { return at; }
  void Take(char* end) { at = end; }
  void Put(std::string_view piece) {
    std::memcpy(at, piece.data(), piece.size());
    at += piece.size();
  }
};

template <class Sink>
class JsonWriterTo {
 public:
  explicit JsonWriterTo(Sink sink) : sink_(sink) {}

  JsonWriterTo& BeginObject() { return Open('{'); }
  JsonWriterTo& EndObject() { return Close('}'); }
  JsonWriterTo& BeginArray() { return Open('['); }
  JsonWriterTo& EndArray() { return Close(']'); }

  // `name` needs no escape: it is one of this project's own.
  JsonWriterTo& Key(std::string_view name) {
    if (name.size() > kMostOfRoom) [[unlikely]] {
      BeginText();
      sink_.Put(name);
      EndText();
      PutOne(':');
    } else {
      char* at = Quoted(name, Separate(sink_.Room()));
      *at++ = ':';
      sink_.Take(at);
    }
    comma_ = false;
    return *this;
  }

  // Ends a line of JSON lines: the next value is the first of another text.
  JsonWriterTo& EndLine() {
    PutOne('\n');
    comma_ = false;
    return *this;
  }

  // Members of an object that are JSON already, each with a comma behind it.
  JsonWriterTo& Members(std::string_view json) {
    sink_.Put(json);
    return *this;
  }

  JsonWriterTo& Text(std::string_view value) {
    BeginText();
    size_t plain = 0;  // Where the run begins that needs no escape.
    for (size_t i = 0; i < value.size(); ++i) {
      if (IsPlain(value[i])) continue;
      sink_.Put(value.substr(plain, i - plain));
      PutEscaped(value[i]);
      plain = i + 1;
    }
    sink_.Put(value.substr(plain));
    return EndText();
  }

  // A text in pieces: what is put into the sink in between needs no escape.
  JsonWriterTo& BeginText() {
    char* at = Separate(sink_.Room());
    *at++ = '"';
    sink_.Take(at);
    return *this;
  }
  JsonWriterTo& EndText() {
    PutOne('"');
    return *this;
  }
  // A text that needs no escape: one of this project's own.
  JsonWriterTo& Word(std::string_view word) {
    if (word.size() > kMostOfRoom) [[unlikely]] {
      BeginText();
      sink_.Put(word);
      return EndText();
    }
    sink_.Take(Quoted(word, Separate(sink_.Room())));
    return *this;
  }

  template <std::integral T>
  JsonWriterTo& Number(T value) {
    char* at = Separate(sink_.Room());
    sink_.Take(std::to_chars(at, at + kMostDigits, value).ptr);
    return *this;
  }
  // The same as a text, since readers that keep numbers as doubles would round it.
  template <std::integral T>
  JsonWriterTo& NumberText(T value) {
    char* at = Separate(sink_.Room());
    *at++ = '"';
    at = std::to_chars(at, at + kMostDigits, value).ptr;
    *at++ = '"';
    sink_.Take(at);
    return *this;
  }
  // To nine digits. Infinities and what is no number become null.
  JsonWriterTo& Real(double value) {
    if (!std::isfinite(value)) return Null();
    constexpr int kPrecision = 9;
    char* at = Separate(sink_.Room());
    sink_.Take(
        std::to_chars(at, at + kMostDigits, value, std::chars_format::general, kPrecision).ptr);
    return *this;
  }
  JsonWriterTo& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriterTo& Null() { return Raw("null"); }
  // UNIX ns; null for 0.
  JsonWriterTo& TimeNs(int64_t value) { return value == 0 ? Null() : NumberText(value); }

  Sink& sink() { return sink_; }

 private:
  static constexpr size_t kMostDigits = 24;
  static constexpr size_t kMostOfRoom = 96;

  JsonWriterTo& Open(char bracket) {
    char* at = Separate(sink_.Room());
    *at++ = bracket;
    sink_.Take(at);
    comma_ = false;
    return *this;
  }
  JsonWriterTo& Close(char bracket) {
    PutOne(bracket);
    comma_ = true;
    return *this;
  }
  JsonWriterTo& Raw(std::string_view value) {
    char* at = Separate(sink_.Room());
    std::memcpy(at, value.data(), value.size());
    sink_.Take(at + value.size());
    return *this;
  }
  // Before a key or value: a comma, unless it is the first, or stands behind its key.
  char* Separate(char* at) {
    *at = ',';
    at += comma_;
    comma_ = true;
    return at;
  }
  static char* Quoted(std::string_view word, char* at) {
    *at++ = '"';
    std::memcpy(at, word.data(), word.size());
    at += word.size();
    *at++ = '"';
    return at;
  }
  void PutOne(char c) {
    char* at = sink_.Room();
    *at++ = c;
    sink_.Take(at);
  }

  static bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

  // One that is not plain.
  void PutEscaped(char c) {
    constexpr char kHex[] = "0123456789abcdef";
    char* at = sink_.Room();
    *at++ = '\\';
    if (c == '"' || c == '\\') {
      *at++ = c;
      return sink_.Take(at);
    }
    const auto byte = static_cast<unsigned char>(c);
    for (const char hex : {'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]}) *at++ = hex;
    sink_.Take(at);
  }

  Sink sink_;
  bool comma_ = false;
};

namespace internal {
struct JsonWriterText {
  std::string text;
};
}  // namespace internal

// JSON in a string of its own.
class JsonWriter : private internal::JsonWriterText, public JsonWriterTo<StringSink> {
 public:
  JsonWriter() : JsonWriterTo<StringSink>(StringSink(JsonWriterText::text)) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  const std::string& text() const { return JsonWriterText::text; }
};

}  // namespace fh

#endif  // FEEDHANDLER_CODECS_JSON_WRITER_H_
