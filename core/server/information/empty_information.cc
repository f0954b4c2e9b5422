// Tables that exist so that clients' queries run, and are empty: what they describe (routines,
// triggers, events, tablespaces …) this server does not have.
#include "core/server/virtual_table_registry.h"

namespace sixfold::server {
namespace {

using Column = VirtualColumn;
using Type = VirtualColumn::Type;

constexpr std::string_view kSchema = "information_schema";

constexpr Column kRoutines[] = {{"SPECIFIC_NAME"},
                                {"ROUTINE_CATALOG"},
                                {"ROUTINE_SCHEMA"},
                                {"ROUTINE_NAME"},
                                {"ROUTINE_TYPE", Type::kText, 9},
                                {"DATA_TYPE", Type::kLongText},
                                {"CHARACTER_MAXIMUM_LENGTH", Type::kInt},
                                {"CHARACTER_OCTET_LENGTH", Type::kInt},
                                {"NUMERIC_PRECISION", Type::kUint},
                                {"NUMERIC_SCALE", Type::kUint},
                                {"DATETIME_PRECISION", Type::kUint32},
                                {"CHARACTER_SET_NAME"},
                                {"COLLATION_NAME"},
                                {"DTD_IDENTIFIER", Type::kLongText},
                                {"ROUTINE_BODY", Type::kText, 8},
                                {"ROUTINE_DEFINITION", Type::kLongText},
                                {"EXTERNAL_NAME"},
                                {"EXTERNAL_LANGUAGE"},
                                {"PARAMETER_STYLE", Type::kText, 3},
                                {"IS_DETERMINISTIC", Type::kText, 3},
                                {"SQL_DATA_ACCESS", Type::kText, 17},
                                {"SQL_PATH"},
                                {"SECURITY_TYPE", Type::kText, 7},
                                {"CREATED", Type::kDatetime},
                                {"LAST_ALTERED", Type::kDatetime},
                                {"SQL_MODE", Type::kText, 520},
                                {"ROUTINE_COMMENT", Type::kLongText},
                                {"DEFINER", Type::kText, 288},
                                {"CHARACTER_SET_CLIENT"},
                                {"COLLATION_CONNECTION"},
                                {"DATABASE_COLLATION"}};

constexpr Column kParameters[] = {{"SPECIFIC_CATALOG"},
                                  {"SPECIFIC_SCHEMA"},
                                  {"SPECIFIC_NAME"},
                                  {"ORDINAL_POSITION", Type::kUint32},
                                  {"PARAMETER_MODE", Type::kText, 5},
                                  {"PARAMETER_NAME"},
                                  {"DATA_TYPE", Type::kLongText},
                                  {"CHARACTER_MAXIMUM_LENGTH", Type::kInt},
                                  {"CHARACTER_OCTET_LENGTH", Type::kInt},
                                  {"NUMERIC_PRECISION", Type::kUint},
                                  {"NUMERIC_SCALE", Type::kInt},
                                  {"DATETIME_PRECISION", Type::kUint32},
                                  {"CHARACTER_SET_NAME"},
                                  {"COLLATION_NAME"},
                                  {"DTD_IDENTIFIER", Type::kLongText},
                                  {"ROUTINE_TYPE", Type::kText, 9}};

constexpr Column kTriggers[] = {{"TRIGGER_CATALOG"},
                                {"TRIGGER_SCHEMA"},
                                {"TRIGGER_NAME"},
                                {"EVENT_MANIPULATION", Type::kText, 6},
                                {"EVENT_OBJECT_CATALOG"},
                                {"EVENT_OBJECT_SCHEMA"},
                                {"EVENT_OBJECT_TABLE"},
                                {"ACTION_ORDER", Type::kUint},
                                {"ACTION_CONDITION", Type::kText, 1},
                                {"ACTION_STATEMENT", Type::kLongText},
                                {"ACTION_ORIENTATION", Type::kText, 3},
                                {"ACTION_TIMING", Type::kText, 6},
                                {"ACTION_REFERENCE_OLD_TABLE", Type::kText, 1},
                                {"ACTION_REFERENCE_NEW_TABLE", Type::kText, 1},
                                {"ACTION_REFERENCE_OLD_ROW", Type::kText, 3},
                                {"ACTION_REFERENCE_NEW_ROW", Type::kText, 3},
                                {"CREATED", Type::kDatetime},
                                {"SQL_MODE", Type::kText, 520},
                                {"DEFINER", Type::kText, 288},
                                {"CHARACTER_SET_CLIENT"},
                                {"COLLATION_CONNECTION"},
                                {"DATABASE_COLLATION"}};

constexpr Column kEvents[] = {{"EVENT_CATALOG"},
                              {"EVENT_SCHEMA"},
                              {"EVENT_NAME"},
                              {"DEFINER", Type::kText, 288},
                              {"TIME_ZONE"},
                              {"EVENT_BODY", Type::kText, 3},
                              {"EVENT_DEFINITION", Type::kLongText},
                              {"EVENT_TYPE", Type::kText, 9},
                              {"EXECUTE_AT", Type::kDatetime},
                              {"INTERVAL_VALUE", Type::kText, 256},
                              {"INTERVAL_FIELD", Type::kText, 18},
                              {"SQL_MODE", Type::kText, 520},
                              {"STARTS", Type::kDatetime},
                              {"ENDS", Type::kDatetime},
                              {"STATUS", Type::kText, 18},
                              {"ON_COMPLETION", Type::kText, 12},
                              {"CREATED", Type::kDatetime},
                              {"LAST_ALTERED", Type::kDatetime},
                              {"LAST_EXECUTED", Type::kDatetime},
                              {"EVENT_COMMENT", Type::kText, 2048},
                              {"ORIGINATOR", Type::kUint},
                              {"CHARACTER_SET_CLIENT"},
                              {"COLLATION_CONNECTION"},
                              {"DATABASE_COLLATION"}};

constexpr Column kFiles[] = {{"FILE_ID", Type::kInt},
                             {"FILE_NAME", Type::kLongText},
                             {"FILE_TYPE", Type::kText, 256},
                             {"TABLESPACE_NAME", Type::kText, 268},
                             {"TABLE_CATALOG"},
                             {"TABLE_SCHEMA"},
                             {"TABLE_NAME"},
                             {"LOGFILE_GROUP_NAME", Type::kText, 256},
                             {"LOGFILE_GROUP_NUMBER", Type::kInt},
                             {"ENGINE"},
                             {"FULLTEXT_KEYS"},
                             {"DELETED_ROWS", Type::kInt},
                             {"UPDATE_COUNT", Type::kInt},
                             {"FREE_EXTENTS", Type::kInt},
                             {"TOTAL_EXTENTS", Type::kInt},
                             {"EXTENT_SIZE", Type::kInt},
                             {"INITIAL_SIZE", Type::kInt},
                             {"MAXIMUM_SIZE", Type::kInt},
                             {"AUTOEXTEND_SIZE", Type::kInt},
                             {"CREATION_TIME", Type::kDatetime},
                             {"LAST_UPDATE_TIME", Type::kDatetime},
                             {"LAST_ACCESS_TIME", Type::kDatetime},
                             {"RECOVER_TIME", Type::kInt},
                             {"TRANSACTION_COUNTER", Type::kInt},
                             {"VERSION", Type::kInt32},
                             {"ROW_FORMAT", Type::kText, 256},
                             {"TABLE_ROWS", Type::kInt},
                             {"AVG_ROW_LENGTH", Type::kInt},
                             {"DATA_LENGTH", Type::kInt},
                             {"MAX_DATA_LENGTH", Type::kInt},
                             {"INDEX_LENGTH", Type::kInt},
                             {"DATA_FREE", Type::kInt},
                             {"CREATE_TIME", Type::kDatetime},
                             {"UPDATE_TIME", Type::kDatetime},
                             {"CHECK_TIME", Type::kDatetime},
                             {"CHECKSUM", Type::kInt},
                             {"STATUS", Type::kText, 256},
                             {"EXTRA", Type::kText, 256}};

constexpr Column kColumnStatistics[] = {
    {"SCHEMA_NAME"}, {"TABLE_NAME"}, {"COLUMN_NAME"}, {"HISTOGRAM", Type::kLongText}};

constexpr Column kOptimizerTrace[] = {{"QUERY", Type::kLongText},
                                      {"TRACE", Type::kLongText},
                                      {"MISSING_BYTES_BEYOND_MAX_MEM_SIZE", Type::kInt},
                                      {"INSUFFICIENT_PRIVILEGES", Type::kInt}};

constexpr Column kProfiling[] = {{"QUERY_ID", Type::kInt},
                                 {"SEQ", Type::kInt},
                                 {"STATE", Type::kText, 30},
                                 {"DURATION", Type::kDouble}};

constexpr Column kInnodbCmp[] = {
    {"page_size", Type::kInt32, 0, false},       {"compress_ops", Type::kInt32, 0, false},
    {"compress_ops_ok", Type::kInt32, 0, false}, {"compress_time", Type::kInt32, 0, false},
    {"uncompress_ops", Type::kInt32, 0, false},  {"uncompress_time", Type::kInt32, 0, false}};
constexpr Column kInnodbCmpmem[] = {
    {"page_size", Type::kInt32, 0, false},    {"buffer_pool_instance", Type::kInt32, 0, false},
    {"pages_used", Type::kInt32, 0, false},   {"pages_free", Type::kInt32, 0, false},
    {"relocation_ops", Type::kInt, 0, false}, {"relocation_time", Type::kInt32, 0, false}};

constexpr Column kInnodbMetrics[] = {{"NAME", Type::kText, 193, false},
                                     {"SUBSYSTEM", Type::kText, 193, false},
                                     {"COUNT", Type::kInt, 0, false},
                                     {"MAX_COUNT", Type::kInt},
                                     {"MIN_COUNT", Type::kInt},
                                     {"AVG_COUNT", Type::kDouble},
                                     {"COUNT_RESET", Type::kInt, 0, false},
                                     {"MAX_COUNT_RESET", Type::kInt},
                                     {"MIN_COUNT_RESET", Type::kInt},
                                     {"AVG_COUNT_RESET", Type::kDouble},
                                     {"TIME_ENABLED", Type::kDatetime},
                                     {"TIME_DISABLED", Type::kDatetime},
                                     {"TIME_ELAPSED", Type::kInt},
                                     {"TIME_RESET", Type::kDatetime},
                                     {"STATUS", Type::kText, 193, false},
                                     {"TYPE", Type::kText, 193, false},
                                     {"COMMENT", Type::kText, 193, false}};

constexpr Column kTablespaces[] = {{"TABLESPACE_NAME"}, {"ENGINE"}, {"TABLESPACE_TYPE"}};
constexpr Column kInnodbTrx[] = {{"trx_id", Type::kUint},
                                 {"trx_state", Type::kText, 13},
                                 {"trx_started", Type::kDatetime},
                                 {"trx_mysql_thread_id", Type::kUint},
                                 {"trx_query", Type::kText, 1024}};
constexpr Column kGeometryColumns[] = {{"TABLE_CATALOG"},
                                       {"TABLE_SCHEMA"},
                                       {"TABLE_NAME"},
                                       {"COLUMN_NAME"},
                                       {"SRS_NAME"},
                                       {"SRS_ID", Type::kUint},
                                       {"GEOMETRY_TYPE_NAME", Type::kLongText}};

// A row for each page size of InnoDB, as MySQL has them: nothing was ever compressed.
void FillInnodbCmp(Session&, const VirtualHints&, VirtualRow& row) {
  for (int page_size = 1024; page_size <= 16384; page_size *= 2) {
    row.Int(page_size);
    for (int i = 0; i < 5; ++i) row.Int(0);
    row.Send();
  }
}

constexpr VirtualTableSpec kEmptyTables[] = {
    {kSchema, "ROUTINES", kRoutines, nullptr},
    {kSchema, "PARAMETERS", kParameters, nullptr},
    {kSchema, "TRIGGERS", kTriggers, nullptr},
    {kSchema, "EVENTS", kEvents, nullptr},
    {kSchema, "FILES", kFiles, nullptr},
    {kSchema, "COLUMN_STATISTICS", kColumnStatistics, nullptr},
    {kSchema, "OPTIMIZER_TRACE", kOptimizerTrace, nullptr},
    {kSchema, "PROFILING", kProfiling, nullptr},
    {kSchema, "TABLESPACES", kTablespaces, nullptr},
    {kSchema, "INNODB_TRX", kInnodbTrx, nullptr},
    {kSchema, "INNODB_CMP", kInnodbCmp, FillInnodbCmp},
    {kSchema, "INNODB_CMP_RESET", kInnodbCmp, FillInnodbCmp},
    {kSchema, "INNODB_CMPMEM", kInnodbCmpmem, nullptr},
    {kSchema, "INNODB_CMPMEM_RESET", kInnodbCmpmem, nullptr},
    {kSchema, "INNODB_METRICS", kInnodbMetrics, nullptr},
    {kSchema, "ST_GEOMETRY_COLUMNS", kGeometryColumns, nullptr},
};

}  // namespace

std::span<const VirtualTableSpec> EmptyInformation() { return kEmptyTables; }

}  // namespace sixfold::server
