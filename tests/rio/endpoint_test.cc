#include "rio/endpoint.h"

#include "gtest/gtest.h"

namespace fh::rio {
namespace {

TEST(Endpoint, ParsesAndPrintsIpv4) {
  const auto endpoint = ParseEndpoint("239.1.2.3:26400");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_EQ(endpoint->ToString(), "239.1.2.3:26400");
  EXPECT_TRUE(endpoint->address.is_v4());
  EXPECT_TRUE(endpoint->address.IsMulticast());
  EXPECT_EQ(endpoint->address.size(), 4u);
  EXPECT_EQ(endpoint->address.bytes()[0], 239);
  EXPECT_FALSE(IpAddress::Parse("223.255.255.255")->IsMulticast());
  EXPECT_FALSE(IpAddress::Parse("240.0.0.1")->IsMulticast());
}

TEST(Endpoint, ParsesAndPrintsIpv6InCanonicalForm) {
  struct Case {
    const char* text;
    const char* printed;
  };
  for (const Case& c : {
           Case{"[ff15::1234]:26400", "[ff15::1234]:26400"},
           Case{"[FF15:0:0:0:0:0:0:1]:1", "[ff15::1]:1"},
           Case{"[::]:65535", "[::]:65535"},
           Case{"[::1]:9", "[::1]:9"},
           Case{"[1::]:9", "[1::]:9"},
           Case{"[1:0:0:2:0:0:0:3]:9", "[1:0:0:2::3]:9"},
           Case{"[1:2:3:4:5:6:7:8]:9", "[1:2:3:4:5:6:7:8]:9"},
           Case{"[64:ff9b::1.2.3.4]:9", "[64:ff9b::102:304]:9"},
       }) {
    const auto endpoint = ParseEndpoint(c.text);
    ASSERT_TRUE(endpoint.ok()) << c.text << ": " << endpoint.status();
    EXPECT_EQ(endpoint->ToString(), c.printed);
    EXPECT_EQ(*ParseEndpoint(endpoint->ToString()), *endpoint);
  }
  EXPECT_TRUE(IpAddress::Parse("ff02::1")->IsMulticast());
  EXPECT_FALSE(IpAddress::Parse("fe80::1")->IsMulticast());
}

TEST(Endpoint, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           ".",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1.2.3.04",
                           "1.2.3.+4",
                           "1.2.3. 4",
                           "a.b.c.d",
                           ":",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:2:3:4:5:6:7::8",
                           "12345::",
                           "g::",
                           "0x1::",
                           "+1::",
                           " 1::",
                           "1 ::",
                           "1.2.3.4::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "ff15::1%lo",
                           "[::1]"}) {
    const auto address = IpAddress::Parse(text);
    EXPECT_FALSE(address.ok()) << text << " is " << address->ToString();
  }
}

TEST(Endpoint, RefusesBadPortsAndSaysHowToWriteIt) {
  for (const char* text :
       {"239.1.2.3", "239.1.2.3:", "239.1.2.3:0", "239.1.2.3:65536", "239.1.2.3:+1",
        "239.1.2.3: 80", "239.1.2.3:80 ", "239.1.2.3:000080", "239.1.2.3:-1", ":80"}) {
    EXPECT_FALSE(ParseEndpoint(text).ok()) << text;
  }
  EXPECT_NE(ParseEndpoint("239.1.2.3").status().message().find("239.1.2.3:26400"),
            absl::string_view::npos);
  EXPECT_NE(ParseEndpoint("ff15::1:80").status().message().find("brackets"),
            absl::string_view::npos);
}

TEST(Endpoint, ComparesByFamilyAndBytes) {
  EXPECT_EQ(*IpAddress::Parse("1.2.3.4"), *IpAddress::Parse("1.2.3.4"));
  EXPECT_NE(*IpAddress::Parse("1.2.3.4"), *IpAddress::Parse("1.2.3.5"));
  // The same 16 bytes, but sockets of another family.
  EXPECT_NE(*IpAddress::Parse("1.2.3.4"), *IpAddress::Parse("::ffff:1.2.3.4"));
  EXPECT_TRUE(IpAddress().is_none());
  EXPECT_EQ(IpAddress().ToString(), "(none)");
}

}  // namespace
}  // namespace fh::rio
