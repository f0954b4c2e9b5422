// Indexes of the variables the server itself looks at, found once by name.
#pragma once

#include "core/base/check.h"
#include "core/server/variables/variable_def.h"

namespace sixfold::server::vars {

inline VariableIndex Resolve(std::string_view name) {
  const VariableIndex index = FindVariable(name);
  CHECK(index != kNoVariable, "{}", name);
  return index;
}

#define SIXFOLD_VARIABLE(Function, name)              \
  inline VariableIndex Function() {                   \
    static const VariableIndex index = Resolve(name); \
    return index;                                     \
  }
SIXFOLD_VARIABLE(Autocommit, "autocommit")
SIXFOLD_VARIABLE(CharacterSetClient, "character_set_client")
SIXFOLD_VARIABLE(CharacterSetConnection, "character_set_connection")
SIXFOLD_VARIABLE(CharacterSetDatabase, "character_set_database")
SIXFOLD_VARIABLE(CharacterSetFilesystem, "character_set_filesystem")
SIXFOLD_VARIABLE(CharacterSetResults, "character_set_results")
SIXFOLD_VARIABLE(CharacterSetServer, "character_set_server")
SIXFOLD_VARIABLE(CollationConnection, "collation_connection")
SIXFOLD_VARIABLE(CollationDatabase, "collation_database")
SIXFOLD_VARIABLE(CollationServer, "collation_server")
SIXFOLD_VARIABLE(CompletionType, "completion_type")
SIXFOLD_VARIABLE(DivPrecisionIncrement, "div_precision_increment")
SIXFOLD_VARIABLE(ErrorCount, "error_count")
SIXFOLD_VARIABLE(GroupConcatMaxLen, "group_concat_max_len")
SIXFOLD_VARIABLE(Identity, "identity")
SIXFOLD_VARIABLE(InnodbLockWaitTimeout, "innodb_lock_wait_timeout")
SIXFOLD_VARIABLE(InnodbReadOnly, "innodb_read_only")
SIXFOLD_VARIABLE(InteractiveTimeout, "interactive_timeout")
SIXFOLD_VARIABLE(LastInsertId, "last_insert_id")
SIXFOLD_VARIABLE(LocalInfile, "local_infile")
SIXFOLD_VARIABLE(LockWaitTimeout, "lock_wait_timeout")
SIXFOLD_VARIABLE(MaxAllowedPacket, "max_allowed_packet")
SIXFOLD_VARIABLE(MaxConnections, "max_connections")
SIXFOLD_VARIABLE(MaxErrorCount, "max_error_count")
SIXFOLD_VARIABLE(MaxExecutionTime, "max_execution_time")
SIXFOLD_VARIABLE(MaxPreparedStmtCount, "max_prepared_stmt_count")
SIXFOLD_VARIABLE(NetReadTimeout, "net_read_timeout")
SIXFOLD_VARIABLE(NetWriteTimeout, "net_write_timeout")
SIXFOLD_VARIABLE(PseudoThreadId, "pseudo_thread_id")
SIXFOLD_VARIABLE(ReadOnly, "read_only")
SIXFOLD_VARIABLE(SessionTrackSchema, "session_track_schema")
SIXFOLD_VARIABLE(SessionTrackSystemVariables, "session_track_system_variables")
SIXFOLD_VARIABLE(SqlMode, "sql_mode")
SIXFOLD_VARIABLE(SqlNotes, "sql_notes")
SIXFOLD_VARIABLE(SuperReadOnly, "super_read_only")
SIXFOLD_VARIABLE(TimeZone, "time_zone")
SIXFOLD_VARIABLE(Timestamp, "timestamp")
SIXFOLD_VARIABLE(TransactionIsolation, "transaction_isolation")
SIXFOLD_VARIABLE(TransactionReadOnly, "transaction_read_only")
SIXFOLD_VARIABLE(TxIsolation, "tx_isolation")
SIXFOLD_VARIABLE(TxReadOnly, "tx_read_only")
SIXFOLD_VARIABLE(WaitTimeout, "wait_timeout")
SIXFOLD_VARIABLE(WarningCount, "warning_count")
#undef SIXFOLD_VARIABLE

}  // namespace sixfold::server::vars
