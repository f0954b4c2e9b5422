// Time zones by MySQL's names: 'SYSTEM', offsets ('+02:00', -13:59 to +14:00), names of the tz
// database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/types/temporal.h"

namespace sixfold::types {

class TimeZone {
 public:
  virtual ~TimeZone() = default;

  /// Null when there is no such zone. Zones live for ever and are shared.
  static const TimeZone* Find(std::string_view name);
  static const TimeZone& Utc();
  static const TimeZone& System();

  /// Of UTC seconds since 1970.
  virtual int64_t OffsetAt(int64_t utc_seconds) const = 0;
  /// The UTC seconds of a local second count since 1970. Of two candidates (clocks set back) the
  /// earlier; in a gap (clocks set forward) the gap's end, as MySQL does.
  virtual int64_t ToUtc(int64_t local_seconds) const = 0;

  /// Packed datetimes, local to UTC and back; 0 stays 0. False: out of the range of TIMESTAMP.
  bool LocalToTimestamp(int64_t packed_local, int64_t* packed_utc) const;
  int64_t TimestampToLocal(int64_t packed_utc) const;
};

/// Packed UTC datetime of microseconds since 1970, and back.
int64_t DatetimeFromUnixMicros(int64_t micros);
int64_t UnixMicrosOfDatetime(int64_t packed);

}  // namespace sixfold::types
