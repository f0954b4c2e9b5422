// Tables of performance_schema that monitors read and that this server keeps no sums for: they are
// there, with MySQL's columns, and have no rows.
#include <algorithm>
#include <array>

#include "core/server/virtual_table_registry.h"

namespace sixfold::server {
namespace {

using Column = VirtualColumn;
using Type = VirtualColumn::Type;

constexpr std::string_view kPerformanceSums = "performance_schema";

constexpr Column kDigests[] = {{"SCHEMA_NAME"},
                               {"DIGEST"},
                               {"DIGEST_TEXT", Type::kLongText},
                               {"COUNT_STAR", Type::kUint, 0, false},
                               {"SUM_TIMER_WAIT", Type::kUint, 0, false},
                               {"MIN_TIMER_WAIT", Type::kUint, 0, false},
                               {"AVG_TIMER_WAIT", Type::kUint, 0, false},
                               {"MAX_TIMER_WAIT", Type::kUint, 0, false},
                               {"SUM_LOCK_TIME", Type::kUint, 0, false},
                               {"SUM_ERRORS", Type::kUint, 0, false},
                               {"SUM_WARNINGS", Type::kUint, 0, false},
                               {"SUM_ROWS_AFFECTED", Type::kUint, 0, false},
                               {"SUM_ROWS_SENT", Type::kUint, 0, false},
                               {"SUM_ROWS_EXAMINED", Type::kUint, 0, false},
                               {"SUM_CREATED_TMP_DISK_TABLES", Type::kUint, 0, false},
                               {"SUM_CREATED_TMP_TABLES", Type::kUint, 0, false},
                               {"SUM_SELECT_FULL_JOIN", Type::kUint, 0, false},
                               {"SUM_SELECT_FULL_RANGE_JOIN", Type::kUint, 0, false},
                               {"SUM_SELECT_RANGE", Type::kUint, 0, false},
                               {"SUM_SELECT_RANGE_CHECK", Type::kUint, 0, false},
                               {"SUM_SELECT_SCAN", Type::kUint, 0, false},
                               {"SUM_SORT_MERGE_PASSES", Type::kUint, 0, false},
                               {"SUM_SORT_RANGE", Type::kUint, 0, false},
                               {"SUM_SORT_ROWS", Type::kUint, 0, false},
                               {"SUM_SORT_SCAN", Type::kUint, 0, false},
                               {"SUM_NO_INDEX_USED", Type::kUint, 0, false},
                               {"SUM_NO_GOOD_INDEX_USED", Type::kUint, 0, false},
                               {"SUM_CPU_TIME", Type::kUint, 0, false},
                               {"MAX_CONTROLLED_MEMORY", Type::kUint, 0, false},
                               {"MAX_TOTAL_MEMORY", Type::kUint, 0, false},
                               {"COUNT_SECONDARY", Type::kUint, 0, false},
                               {"QUANTILE_95", Type::kUint, 0, false},
                               {"QUANTILE_99", Type::kUint, 0, false},
                               {"QUANTILE_999", Type::kUint, 0, false},
                               {"FIRST_SEEN", Type::kDatetime6},
                               {"LAST_SEEN", Type::kDatetime6},
                               {"QUERY_SAMPLE_TEXT", Type::kLongText},
                               {"QUERY_SAMPLE_SEEN", Type::kDatetime6},
                               {"QUERY_SAMPLE_TIMER_WAIT", Type::kUint}};
template <size_t A, size_t B>
constexpr std::array<Column, A + B> Join(const Column (&first)[A], const Column (&second)[B]) {
  std::array<Column, A + B> joined{};
  std::copy_n(second, B, std::copy_n(first, A, joined.begin()));
  return joined;
}

constexpr Column kTable[] = {{"OBJECT_TYPE"}, {"OBJECT_SCHEMA"}, {"OBJECT_NAME"}};
constexpr Column kIndex[] = {{"OBJECT_TYPE"}, {"OBJECT_SCHEMA"}, {"OBJECT_NAME"}, {"INDEX_NAME"}};
constexpr Column kIoSums[] = {
    {"COUNT_STAR", Type::kUint, 0, false},       {"SUM_TIMER_WAIT", Type::kUint, 0, false},
    {"MIN_TIMER_WAIT", Type::kUint, 0, false},   {"AVG_TIMER_WAIT", Type::kUint, 0, false},
    {"MAX_TIMER_WAIT", Type::kUint, 0, false},   {"COUNT_READ", Type::kUint, 0, false},
    {"SUM_TIMER_READ", Type::kUint, 0, false},   {"MIN_TIMER_READ", Type::kUint, 0, false},
    {"AVG_TIMER_READ", Type::kUint, 0, false},   {"MAX_TIMER_READ", Type::kUint, 0, false},
    {"COUNT_WRITE", Type::kUint, 0, false},      {"SUM_TIMER_WRITE", Type::kUint, 0, false},
    {"MIN_TIMER_WRITE", Type::kUint, 0, false},  {"AVG_TIMER_WRITE", Type::kUint, 0, false},
    {"MAX_TIMER_WRITE", Type::kUint, 0, false},  {"COUNT_FETCH", Type::kUint, 0, false},
    {"SUM_TIMER_FETCH", Type::kUint, 0, false},  {"MIN_TIMER_FETCH", Type::kUint, 0, false},
    {"AVG_TIMER_FETCH", Type::kUint, 0, false},  {"MAX_TIMER_FETCH", Type::kUint, 0, false},
    {"COUNT_INSERT", Type::kUint, 0, false},     {"SUM_TIMER_INSERT", Type::kUint, 0, false},
    {"MIN_TIMER_INSERT", Type::kUint, 0, false}, {"AVG_TIMER_INSERT", Type::kUint, 0, false},
    {"MAX_TIMER_INSERT", Type::kUint, 0, false}, {"COUNT_UPDATE", Type::kUint, 0, false},
    {"SUM_TIMER_UPDATE", Type::kUint, 0, false}, {"MIN_TIMER_UPDATE", Type::kUint, 0, false},
    {"AVG_TIMER_UPDATE", Type::kUint, 0, false}, {"MAX_TIMER_UPDATE", Type::kUint, 0, false},
    {"COUNT_DELETE", Type::kUint, 0, false},     {"SUM_TIMER_DELETE", Type::kUint, 0, false},
    {"MIN_TIMER_DELETE", Type::kUint, 0, false}, {"AVG_TIMER_DELETE", Type::kUint, 0, false},
    {"MAX_TIMER_DELETE", Type::kUint, 0, false}};
constexpr auto kTableWaits = Join(kTable, kIoSums);
constexpr auto kIndexWaits = Join(kIndex, kIoSums);
constexpr Column kLockWaits[] = {{"OBJECT_TYPE"},
                                 {"OBJECT_SCHEMA"},
                                 {"OBJECT_NAME"},
                                 {"COUNT_STAR", Type::kUint, 0, false},
                                 {"SUM_TIMER_WAIT", Type::kUint, 0, false},
                                 {"MIN_TIMER_WAIT", Type::kUint, 0, false},
                                 {"AVG_TIMER_WAIT", Type::kUint, 0, false},
                                 {"MAX_TIMER_WAIT", Type::kUint, 0, false},
                                 {"COUNT_READ", Type::kUint, 0, false},
                                 {"SUM_TIMER_READ", Type::kUint, 0, false},
                                 {"MIN_TIMER_READ", Type::kUint, 0, false},
                                 {"AVG_TIMER_READ", Type::kUint, 0, false},
                                 {"MAX_TIMER_READ", Type::kUint, 0, false},
                                 {"COUNT_WRITE", Type::kUint, 0, false},
                                 {"SUM_TIMER_WRITE", Type::kUint, 0, false},
                                 {"MIN_TIMER_WRITE", Type::kUint, 0, false},
                                 {"AVG_TIMER_WRITE", Type::kUint, 0, false},
                                 {"MAX_TIMER_WRITE", Type::kUint, 0, false},
                                 {"COUNT_READ_NORMAL", Type::kUint, 0, false},
                                 {"SUM_TIMER_READ_NORMAL", Type::kUint, 0, false},
                                 {"MIN_TIMER_READ_NORMAL", Type::kUint, 0, false},
                                 {"AVG_TIMER_READ_NORMAL", Type::kUint, 0, false},
                                 {"MAX_TIMER_READ_NORMAL", Type::kUint, 0, false},
                                 {"COUNT_READ_WITH_SHARED_LOCKS", Type::kUint, 0, false},
                                 {"SUM_TIMER_READ_WITH_SHARED_LOCKS", Type::kUint, 0, false},
                                 {"MIN_TIMER_READ_WITH_SHARED_LOCKS", Type::kUint, 0, false},
                                 {"AVG_TIMER_READ_WITH_SHARED_LOCKS", Type::kUint, 0, false},
                                 {"MAX_TIMER_READ_WITH_SHARED_LOCKS", Type::kUint, 0, false},
                                 {"COUNT_READ_HIGH_PRIORITY", Type::kUint, 0, false},
                                 {"SUM_TIMER_READ_HIGH_PRIORITY", Type::kUint, 0, false},
                                 {"MIN_TIMER_READ_HIGH_PRIORITY", Type::kUint, 0, false},
                                 {"AVG_TIMER_READ_HIGH_PRIORITY", Type::kUint, 0, false},
                                 {"MAX_TIMER_READ_HIGH_PRIORITY", Type::kUint, 0, false},
                                 {"COUNT_READ_NO_INSERT", Type::kUint, 0, false},
                                 {"SUM_TIMER_READ_NO_INSERT", Type::kUint, 0, false},
                                 {"MIN_TIMER_READ_NO_INSERT", Type::kUint, 0, false},
                                 {"AVG_TIMER_READ_NO_INSERT", Type::kUint, 0, false},
                                 {"MAX_TIMER_READ_NO_INSERT", Type::kUint, 0, false},
                                 {"COUNT_READ_EXTERNAL", Type::kUint, 0, false},
                                 {"SUM_TIMER_READ_EXTERNAL", Type::kUint, 0, false},
                                 {"MIN_TIMER_READ_EXTERNAL", Type::kUint, 0, false},
                                 {"AVG_TIMER_READ_EXTERNAL", Type::kUint, 0, false},
                                 {"MAX_TIMER_READ_EXTERNAL", Type::kUint, 0, false},
                                 {"COUNT_WRITE_ALLOW_WRITE", Type::kUint, 0, false},
                                 {"SUM_TIMER_WRITE_ALLOW_WRITE", Type::kUint, 0, false},
                                 {"MIN_TIMER_WRITE_ALLOW_WRITE", Type::kUint, 0, false},
                                 {"AVG_TIMER_WRITE_ALLOW_WRITE", Type::kUint, 0, false},
                                 {"MAX_TIMER_WRITE_ALLOW_WRITE", Type::kUint, 0, false},
                                 {"COUNT_WRITE_CONCURRENT_INSERT", Type::kUint, 0, false},
                                 {"SUM_TIMER_WRITE_CONCURRENT_INSERT", Type::kUint, 0, false},
                                 {"MIN_TIMER_WRITE_CONCURRENT_INSERT", Type::kUint, 0, false},
                                 {"AVG_TIMER_WRITE_CONCURRENT_INSERT", Type::kUint, 0, false},
                                 {"MAX_TIMER_WRITE_CONCURRENT_INSERT", Type::kUint, 0, false},
                                 {"COUNT_WRITE_LOW_PRIORITY", Type::kUint, 0, false},
                                 {"SUM_TIMER_WRITE_LOW_PRIORITY", Type::kUint, 0, false},
                                 {"MIN_TIMER_WRITE_LOW_PRIORITY", Type::kUint, 0, false},
                                 {"AVG_TIMER_WRITE_LOW_PRIORITY", Type::kUint, 0, false},
                                 {"MAX_TIMER_WRITE_LOW_PRIORITY", Type::kUint, 0, false},
                                 {"COUNT_WRITE_NORMAL", Type::kUint, 0, false},
                                 {"SUM_TIMER_WRITE_NORMAL", Type::kUint, 0, false},
                                 {"MIN_TIMER_WRITE_NORMAL", Type::kUint, 0, false},
                                 {"AVG_TIMER_WRITE_NORMAL", Type::kUint, 0, false},
                                 {"MAX_TIMER_WRITE_NORMAL", Type::kUint, 0, false},
                                 {"COUNT_WRITE_EXTERNAL", Type::kUint, 0, false},
                                 {"SUM_TIMER_WRITE_EXTERNAL", Type::kUint, 0, false},
                                 {"MIN_TIMER_WRITE_EXTERNAL", Type::kUint, 0, false},
                                 {"AVG_TIMER_WRITE_EXTERNAL", Type::kUint, 0, false},
                                 {"MAX_TIMER_WRITE_EXTERNAL", Type::kUint, 0, false}};
constexpr Column kFileEvents[] = {{"EVENT_NAME"},
                                  {"COUNT_STAR", Type::kUint, 0, false},
                                  {"SUM_TIMER_WAIT", Type::kUint, 0, false},
                                  {"MIN_TIMER_WAIT", Type::kUint, 0, false},
                                  {"AVG_TIMER_WAIT", Type::kUint, 0, false},
                                  {"MAX_TIMER_WAIT", Type::kUint, 0, false},
                                  {"COUNT_READ", Type::kUint, 0, false},
                                  {"SUM_TIMER_READ", Type::kUint, 0, false},
                                  {"MIN_TIMER_READ", Type::kUint, 0, false},
                                  {"AVG_TIMER_READ", Type::kUint, 0, false},
                                  {"MAX_TIMER_READ", Type::kUint, 0, false},
                                  {"SUM_NUMBER_OF_BYTES_READ", Type::kUint, 0, false},
                                  {"COUNT_WRITE", Type::kUint, 0, false},
                                  {"SUM_TIMER_WRITE", Type::kUint, 0, false},
                                  {"MIN_TIMER_WRITE", Type::kUint, 0, false},
                                  {"AVG_TIMER_WRITE", Type::kUint, 0, false},
                                  {"MAX_TIMER_WRITE", Type::kUint, 0, false},
                                  {"SUM_NUMBER_OF_BYTES_WRITE", Type::kUint, 0, false},
                                  {"COUNT_MISC", Type::kUint, 0, false},
                                  {"SUM_TIMER_MISC", Type::kUint, 0, false},
                                  {"MIN_TIMER_MISC", Type::kUint, 0, false},
                                  {"AVG_TIMER_MISC", Type::kUint, 0, false},
                                  {"MAX_TIMER_MISC", Type::kUint, 0, false}};
constexpr Column kEventWaits[] = {{"EVENT_NAME"},
                                  {"COUNT_STAR", Type::kUint, 0, false},
                                  {"SUM_TIMER_WAIT", Type::kUint, 0, false},
                                  {"MIN_TIMER_WAIT", Type::kUint, 0, false},
                                  {"AVG_TIMER_WAIT", Type::kUint, 0, false},
                                  {"MAX_TIMER_WAIT", Type::kUint, 0, false}};

constexpr VirtualTableSpec kPerformanceTables[] = {
    {kPerformanceSums, "events_statements_summary_by_digest", kDigests, nullptr},
    {kPerformanceSums, "table_io_waits_summary_by_table", kTableWaits, nullptr},
    {kPerformanceSums, "table_io_waits_summary_by_index_usage", kIndexWaits, nullptr},
    {kPerformanceSums, "table_lock_waits_summary_by_table", kLockWaits, nullptr},
    {kPerformanceSums, "file_summary_by_event_name", kFileEvents, nullptr},
    {kPerformanceSums, "events_waits_summary_global_by_event_name", kEventWaits, nullptr},
};

}  // namespace

std::span<const VirtualTableSpec> PerformanceInformation() { return kPerformanceTables; }

}  // namespace sixfold::server
