#include "core/types/temporal.h"

#include <gtest/gtest.h>

#include "core/types/interval.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

std::string Print(const DateTime& t, int fsp = 0) {
  std::string text;
  if (t.kind == TemporalKind::kDate) AppendDate(PackDate(t), &text);
  if (t.kind == TemporalKind::kDatetime) AppendDatetime(PackDatetime(t), fsp, &text);
  if (t.kind == TemporalKind::kTime) AppendTime(TimeMicros(t), fsp, &text);
  return text;
}

std::string ReadDatetime(std::string_view text, const DateRules& rules = {}) {
  ParsedTemporal parsed;
  if (!ParseDatetime(text, rules, &parsed)) return parsed.warnings.out_of_range ? "range" : "bad";
  return Print(parsed.value, parsed.fraction_digits) + (parsed.warnings.any() ? "!" : "");
}

std::string ReadTime(std::string_view text) {
  ParsedTemporal parsed;
  if (!ParseTime(text, &parsed)) return "bad";
  return Print(parsed.value, parsed.fraction_digits) + (parsed.warnings.any() ? "!" : "");
}

TEST(TemporalTest, ReadsDatetimes) {
  EXPECT_EQ(ReadDatetime("2024-02-29"), "2024-02-29");
  EXPECT_EQ(ReadDatetime("2024-02-30"), "range");
  EXPECT_EQ(ReadDatetime("2024-1-5 1:2:3.5"), "2024-01-05 01:02:03.5");
  EXPECT_EQ(ReadDatetime("20240229"), "2024-02-29");
  EXPECT_EQ(ReadDatetime("240229"), "2024-02-29");
  EXPECT_EQ(ReadDatetime("700101"), "1970-01-01");
  EXPECT_EQ(ReadDatetime("20240229123456"), "2024-02-29 12:34:56");
  EXPECT_EQ(ReadDatetime("240229123456"), "2024-02-29 12:34:56");
  EXPECT_EQ(ReadDatetime("20240229123456.25"), "2024-02-29 12:34:56.25");
  EXPECT_EQ(ReadDatetime("20240229T123456"), "2024-02-29 12:34:56");
  EXPECT_EQ(ReadDatetime("2024-02-29T12:34:56"), "2024-02-29 12:34:56");
  EXPECT_EQ(ReadDatetime("2024/02.29 12+34+56"), "2024-02-29 12:34:56");
  EXPECT_EQ(ReadDatetime("98-12-31"), "1998-12-31");
  EXPECT_EQ(ReadDatetime("2024-02-29 12:34"), "2024-02-29 12:34:00");
  EXPECT_EQ(ReadDatetime("2024-02-29 12:34:56 garbage"), "2024-02-29 12:34:56!");
  EXPECT_EQ(ReadDatetime("2024-02-29 25:00:00"), "bad");
  EXPECT_EQ(ReadDatetime("0000-00-00"), "0000-00-00");
  EXPECT_EQ(ReadDatetime("0000-00-00", {.allow_zero_date = false}), "bad");
  EXPECT_EQ(ReadDatetime("2024-00-10"), "2024-00-10");
  EXPECT_EQ(ReadDatetime("2024-00-10", {.allow_zero_in_date = false}), "bad");
  EXPECT_EQ(ReadDatetime("2024-02-31", {.allow_invalid_dates = true}), "2024-02-31");
  EXPECT_EQ(ReadDatetime(""), "bad");
  EXPECT_EQ(ReadDatetime("abc"), "bad");
  EXPECT_EQ(ReadDatetime("2024-02"), "bad");
  ParsedTemporal parsed;
  ASSERT_TRUE(ParseDatetime("2024-02-29 12:34:56+02:30", {}, &parsed));
  EXPECT_TRUE(parsed.has_offset);
  EXPECT_EQ(parsed.offset_seconds, 9000);
}

TEST(TemporalTest, ReadsTimes) {
  EXPECT_EQ(ReadTime("12:34:56"), "12:34:56");
  EXPECT_EQ(ReadTime("-12:34"), "-12:34:00");
  EXPECT_EQ(ReadTime("123456"), "12:34:56");
  EXPECT_EQ(ReadTime("1234"), "00:12:34");
  EXPECT_EQ(ReadTime("12"), "00:00:12");
  EXPECT_EQ(ReadTime("2 10:00"), "58:00:00");
  EXPECT_EQ(ReadTime("1 05"), "29:00:00");
  EXPECT_EQ(ReadTime("12:34:56.789"), "12:34:56.789");
  EXPECT_EQ(ReadTime("12:34:56.789012"), "12:34:56.789012");
  EXPECT_EQ(ReadTime("900:00:00"), "838:59:59!");
  EXPECT_EQ(ReadTime("12:60:00"), "bad");
  EXPECT_EQ(ReadTime("10:10:10 ab"), "10:10:10!");
  EXPECT_EQ(ReadTime("2024-02-29 12:34:56"), "2024-02-29 12:34:56");
  EXPECT_EQ(ReadTime("abc"), "bad");
  EXPECT_EQ(ReadTime(""), "bad");
  EXPECT_EQ(ReadTime("-838:59:59"), "-838:59:59");
}

TEST(TemporalTest, ReadsNumbers) {
  DateTime t;
  TemporalWarnings warnings;
  ASSERT_TRUE(NumberToDatetime(20240229123456, {}, &t, &warnings));
  EXPECT_EQ(Print(t), "2024-02-29 12:34:56");
  ASSERT_TRUE(NumberToDatetime(240229, {}, &t, &warnings));
  EXPECT_EQ(Print(t), "2024-02-29");
  EXPECT_FALSE(NumberToDatetime(20241301, {}, &t, &warnings));
  ASSERT_TRUE(NumberToTime(-123456, &t, &warnings));
  EXPECT_EQ(Print(t), "-12:34:56");
  EXPECT_FALSE(NumberToTime(1270, &t, &warnings));
}

TEST(TemporalTest, CalendarRoundTrips) {
  for (int64_t number = 366; number <= kMaxDayNumber; number += 13) {
    DateTime t;
    DateFromDayNumber(number, &t);
    ASSERT_EQ(DayNumber(t.year, t.month, t.day), number);
  }
  EXPECT_EQ(DayNumber(2007, 10, 7), 733321);
  EXPECT_EQ(DayNumber(9999, 12, 31), kMaxDayNumber);
  EXPECT_EQ(DayNumber(1970, 1, 1), kUnixEpochDay);
  EXPECT_EQ(Weekday(DayNumber(2026, 11, 20)), 4);
}

TEST(TemporalTest, Weeks) {
  int year;
  auto week = [&](int y, int m, int d, int mode) {
    DateTime t;
    t.year = y;
    t.month = m;
    t.day = d;
    return WeekOfYear(t, mode, &year);
  };
  EXPECT_EQ(week(2008, 2, 20, 0), 7);
  EXPECT_EQ(week(2008, 2, 20, 1), 8);
  EXPECT_EQ(week(2008, 12, 31, 1), 53);
  EXPECT_EQ(week(2000, 1, 1, 0), 0);
  EXPECT_EQ(week(2000, 1, 1, 2), 52);
  EXPECT_EQ(year, 1999);
  EXPECT_EQ(week(2008, 12, 31, 3), 1);
  EXPECT_EQ(year, 2009);
}

TEST(TemporalTest, Rounds) {
  ParsedTemporal parsed;
  ASSERT_TRUE(ParseDatetime("2024-12-31 23:59:59.9999999", {}, &parsed));
  DateTime t = parsed.value;
  ASSERT_TRUE(RoundDatetime(&t, parsed.nanoseconds, 6, false));
  EXPECT_EQ(Print(t), "2025-01-01 00:00:00");
  t = parsed.value;
  RoundDatetime(&t, 0, 3, true);
  EXPECT_EQ(Print(t, 3), "2024-12-31 23:59:59.999");
  EXPECT_EQ(RoundTimeMicros(-1500000, 0, 0, false), -2000000);
  EXPECT_EQ(RoundTimeMicros(kMaxTimeMicros, 0, 0, false), kMaxTimeMicros);
}

std::string Plus(std::string_view from, std::string_view amount, IntervalUnit unit) {
  ParsedTemporal parsed;
  EXPECT_TRUE(ParseDatetime(from, {}, &parsed));
  Interval interval;
  if (IsCompositeUnit(unit)) {
    EXPECT_TRUE(ParseInterval(amount, unit, &interval));
  } else {
    interval = IntervalOf(std::stoll(std::string(amount)), unit);
  }
  if (!AddInterval(&parsed.value, interval, unit)) return "overflow";
  return Print(parsed.value, parsed.value.microsecond ? 6 : 0);
}

TEST(IntervalTest, Adds) {
  EXPECT_EQ(Plus("2024-01-31", "1", IntervalUnit::kMonth), "2024-02-29");
  EXPECT_EQ(Plus("2024-02-29", "1", IntervalUnit::kYear), "2025-02-28");
  EXPECT_EQ(Plus("2024-02-29", "1", IntervalUnit::kDay), "2024-03-01");
  EXPECT_EQ(Plus("2024-02-29", "-1", IntervalUnit::kSecond), "2024-02-28 23:59:59");
  EXPECT_EQ(Plus("2024-02-29", "1", IntervalUnit::kQuarter), "2024-05-29");
  EXPECT_EQ(Plus("2024-02-29 10:00:00", "1 2:30", IntervalUnit::kDayMinute), "2024-03-01 12:30:00");
  EXPECT_EQ(Plus("2024-02-29 10:00:00", "-1:30", IntervalUnit::kHourMinute), "2024-02-29 08:30:00");
  EXPECT_EQ(Plus("2024-02-29", "1-2", IntervalUnit::kYearMonth), "2025-04-29");
  EXPECT_EQ(Plus("2024-02-29 00:00:00", "1.5", IntervalUnit::kSecondMicrosecond),
            "2024-02-29 00:00:01.500000");
  EXPECT_EQ(Plus("9999-12-31", "1", IntervalUnit::kDay), "overflow");
  EXPECT_EQ(Plus("2024-02-29", "10000", IntervalUnit::kYear), "overflow");
}

TEST(IntervalTest, Differences) {
  ParsedTemporal a, b;
  ParseDatetime("2003-02-01", {}, &a);
  ParseDatetime("2003-05-01", {}, &b);
  EXPECT_EQ(DifferenceIn(IntervalUnit::kMonth, a.value, b.value), 3);
  ParseDatetime("2002-05-01", {}, &a);
  ParseDatetime("2001-01-01", {}, &b);
  EXPECT_EQ(DifferenceIn(IntervalUnit::kYear, a.value, b.value), -1);
  ParseDatetime("2003-05-01 12:05:55", {}, &b);
  ParseDatetime("2003-02-01", {}, &a);
  EXPECT_EQ(DifferenceIn(IntervalUnit::kMinute, a.value, b.value), 128885);
}

TEST(TimeZoneTest, ConvertsBothWays) {
  const TimeZone* berlin = TimeZone::Find("Europe/Berlin");
  ASSERT_NE(berlin, nullptr);
  ParsedTemporal parsed;
  ParseDatetime("2024-07-01 12:00:00", {}, &parsed);
  int64_t utc;
  ASSERT_TRUE(berlin->LocalToTimestamp(PackDatetime(parsed.value), &utc));
  EXPECT_EQ(Print(UnpackDatetime(utc)), "2024-07-01 10:00:00");
  EXPECT_EQ(Print(UnpackDatetime(berlin->TimestampToLocal(utc))), "2024-07-01 12:00:00");
  ParseDatetime("2024-03-31 02:30:00", {}, &parsed);  // in the gap
  ASSERT_TRUE(berlin->LocalToTimestamp(PackDatetime(parsed.value), &utc));
  EXPECT_EQ(Print(UnpackDatetime(utc)), "2024-03-31 01:00:00");
  ParseDatetime("2040-01-01", {}, &parsed);
  EXPECT_FALSE(berlin->LocalToTimestamp(PackDatetime(parsed.value), &utc));
  EXPECT_EQ(TimeZone::Find("+05:30")->OffsetAt(0), 19800);
  EXPECT_EQ(TimeZone::Find("+14:01"), nullptr);
  EXPECT_EQ(TimeZone::Find("Nowhere/At_All"), nullptr);
  EXPECT_NE(TimeZone::Find("system"), nullptr);
}

}  // namespace
}  // namespace sixfold::types
