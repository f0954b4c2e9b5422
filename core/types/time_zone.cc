#include "core/types/time_zone.h"

#include <absl/time/time.h>

#include <map>
#include <mutex>
#include <optional>

#include "core/types/charset.h"

namespace sixfold::types {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kMaxColumnSeconds = INT32_MAX;  // TIMESTAMP columns: 2038-01-19 03:14:07

class FixedZone final : public TimeZone {
 public:
  explicit FixedZone(int64_t offset) : offset_(offset) {}
  int64_t OffsetAt(int64_t) const override { return offset_; }
  int64_t ToUtc(int64_t local_seconds) const override { return local_seconds - offset_; }

 private:
  int64_t offset_;
};

class NamedZone final : public TimeZone {
 public:
  explicit NamedZone(absl::TimeZone zone) : zone_(zone) {}
  int64_t OffsetAt(int64_t utc_seconds) const override {
    return zone_.At(absl::FromUnixSeconds(utc_seconds)).offset;
  }
  int64_t ToUtc(int64_t local_seconds) const override {
    const absl::CivilSecond civil = absl::CivilSecond(1970) + local_seconds;
    const absl::TimeZone::TimeInfo info = zone_.At(civil);
    if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return absl::ToUnixSeconds(info.trans);
    return absl::ToUnixSeconds(info.pre);
  }

 private:
  absl::TimeZone zone_;
};

// Seconds of '+HH:MM', within -13:59 and +14:00.
std::optional<int64_t> ParseOffset(std::string_view name) {
  constexpr int64_t kMin = -(13 * 3600 + 59 * 60);
  constexpr int64_t kMax = 14 * 3600;
  if (name.size() < 5 || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  int64_t parts[2] = {};
  int part = 0;
  int digits = 0;
  for (const char c : name.substr(1)) {
    if (c == ':' && part == 0 && digits > 0) {
      ++part;
      digits = 0;
    } else if (c >= '0' && c <= '9' && digits < 2) {
      parts[part] = parts[part] * 10 + (c - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (part != 1 || digits != 2 || parts[1] > 59) return std::nullopt;
  const int64_t seconds = (parts[0] * 3600 + parts[1] * 60) * (name[0] == '-' ? -1 : 1);
  if (seconds < kMin || seconds > kMax) return std::nullopt;
  return seconds;
}

std::unique_ptr<TimeZone> MakeZone(const std::string& name) {
  if (name == "SYSTEM") return std::make_unique<NamedZone>(absl::LocalTimeZone());
  if (const auto offset = ParseOffset(name)) return std::make_unique<FixedZone>(*offset);
  absl::TimeZone zone;
  if (name.empty() || name[0] == '/' || name.find("..") != std::string::npos) return nullptr;
  if (!absl::LoadTimeZone(name, &zone)) return nullptr;
  return std::make_unique<NamedZone>(zone);
}

}  // namespace

const TimeZone* TimeZone::Find(std::string_view name) {
  static std::mutex mutex;
  static auto& zones = *new std::map<std::string, std::unique_ptr<TimeZone>, std::less<>>;
  std::lock_guard lock(mutex);
  if (const auto found = zones.find(name); found != zones.end()) return found->second.get();
  const std::string key = EqualsIgnoreAsciiCase(name, "SYSTEM") ? "SYSTEM" : std::string(name);
  std::unique_ptr<TimeZone> zone = MakeZone(key);
  if (zone == nullptr) return nullptr;
  return zones.emplace(std::string(name), std::move(zone)).first->second.get();
}

const TimeZone& TimeZone::Utc() {
  static const FixedZone utc(0);
  return utc;
}

const TimeZone& TimeZone::System() {
  static const TimeZone& system = *Find("SYSTEM");
  return system;
}

int64_t DatetimeFromUnixMicros(int64_t micros) {
  int64_t days = micros / (kSecondsPerDay * kMicrosPerSecond);
  int64_t rest = micros % (kSecondsPerDay * kMicrosPerSecond);
  if (rest < 0) {
    --days;
    rest += kSecondsPerDay * kMicrosPerSecond;
  }
  DateTime t = UnpackTime(rest);
  DateFromDayNumber(days + kUnixEpochDay, &t);
  return PackDatetime(t);
}

int64_t UnixMicrosOfDatetime(int64_t packed) {
  const DateTime t = UnpackDatetime(packed);
  const int64_t days = DayNumber(t.year, t.month, t.day) - kUnixEpochDay;
  return days * kSecondsPerDay * kMicrosPerSecond + TimeMicros(t);
}

bool TimeZone::LocalToTimestamp(int64_t packed_local, int64_t* packed_utc) const {
  *packed_utc = 0;
  if (packed_local == 0) return true;
  const int64_t local = UnixMicrosOfDatetime(packed_local);
  int64_t seconds = local / kMicrosPerSecond;
  int64_t micros = local % kMicrosPerSecond;
  if (micros < 0) {
    --seconds;
    micros += kMicrosPerSecond;
  }
  const int64_t utc = ToUtc(seconds);
  if (utc < 1 || utc > kMaxColumnSeconds) return false;
  *packed_utc = DatetimeFromUnixMicros(utc * kMicrosPerSecond + micros);
  return true;
}

int64_t TimeZone::TimestampToLocal(int64_t packed_utc) const {
  if (packed_utc == 0) return 0;
  const int64_t micros = UnixMicrosOfDatetime(packed_utc);
  return DatetimeFromUnixMicros(micros + OffsetAt(micros / kMicrosPerSecond) * kMicrosPerSecond);
}

}  // namespace sixfold::types
