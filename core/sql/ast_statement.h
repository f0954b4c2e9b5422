// Statements: the family's base, data changes, transactions, prepared statements, routines.
// Definitions of tables and the like are in ast_ddl.h, users and SHOW and the rest in ast_admin.h.
#pragma once

#include "core/sql/ast_select.h"

namespace sixfold::sql {

struct Statement {
  enum class Kind : uint8_t {
    kSelect,
    kInsert,
    kUpdate,
    kDelete,
    kLoadData,
    kCall,
    kDo,
    kHandler,
    // transactions
    kStartTransaction,
    kCommit,
    kRollback,
    kSavepoint,
    kRollbackToSavepoint,
    kReleaseSavepoint,
    kSetTransaction,
    kLockTables,
    kUnlockTables,
    kLockInstance,
    kXa,
    // prepared
    kPrepare,
    kExecute,
    kDeallocate,
    // definitions
    kCreateDatabase,
    kAlterDatabase,
    kDropDatabase,
    kCreateTable,
    kAlterTable,
    kDropTable,
    kTruncateTable,
    kRenameTable,
    kCreateIndex,
    kDropIndex,
    kCreateView,
    kDropView,
    kCreateRoutine,
    kDropRoutine,
    kAlterRoutine,
    // administration
    kSetVariables,
    kSetPassword,
    kSetRole,
    kSetDefaultRole,
    kShow,
    kDescribe,
    kExplain,
    kUse,
    kKill,
    kFlush,
    kMaintainTable,
    kCreateUser,
    kAlterUser,
    kDropUser,
    kRenameUser,
    kCreateRole,
    kDropRole,
    kGrant,
    kRevoke,
    kSignal,
    kGetDiagnostics,
    kHelp,
    kAlterSystem,
    kShutdown,
    kRestart,
    kResetPersist,
    kUnsupported,
  };
  explicit Statement(Kind k) : kind(k) {}

  Kind kind;
  /// Without leading comments, trailing blanks and the delimiter.
  SourceSpan span;
};

/// SELECT, TABLE, VALUES, and parenthesized queries at the top.
struct SelectStatement : Statement {
  static constexpr Kind kKind = Kind::kSelect;
  SelectStatement() : Statement(kKind) {}

  QueryExpression* query = nullptr;
};

enum class StatementPriority : uint8_t { kNormal, kLow, kHigh, kDelayed };

/// column = value in SET and ON DUPLICATE KEY UPDATE; value may be Default.
struct Assignment {
  ColumnReference* column = nullptr;
  Expression* value = nullptr;
};

/// INSERT and REPLACE. INSERT … SET a=1 arrives as columns and one row.
struct InsertStatement : Statement {
  static constexpr Kind kKind = Kind::kInsert;
  InsertStatement() : Statement(kKind) {}

  bool replace = false;
  bool ignore = false;
  StatementPriority priority = StatementPriority::kNormal;
  TableName table;
  List<std::string_view> partitions;
  bool has_column_list = false;  // () counts as one
  List<ColumnReference*> columns;
  /// Rows of VALUES; an item may be Default. Empty where `query` is set.
  List<RowExpression*> rows;
  bool set_form = false;
  QueryExpression* query = nullptr;
  std::string_view row_alias;  // VALUES … AS new(a, b)
  List<std::string_view> row_alias_columns;
  List<Assignment> on_duplicate;
};

struct UpdateStatement : Statement {
  static constexpr Kind kKind = Kind::kUpdate;
  UpdateStatement() : Statement(kKind) {}

  bool recursive = false;
  List<CommonTableExpression*> with;
  bool low_priority = false;
  bool ignore = false;
  TableReference* tables = nullptr;  // a BaseTable: single-table form
  List<Assignment> assignments;
  Expression* where = nullptr;
  List<OrderItem> order_by;
  Expression* limit = nullptr;
};

/// Single-table form: `targets` is empty and `tables` is the BaseTable.
struct DeleteStatement : Statement {
  static constexpr Kind kKind = Kind::kDelete;
  DeleteStatement() : Statement(kKind) {}

  bool recursive = false;
  List<CommonTableExpression*> with;
  bool low_priority = false;
  bool quick = false;
  bool ignore = false;
  bool using_form = false;  // DELETE FROM t1 USING …
  List<TableName> targets;  // multi-table form
  TableReference* tables = nullptr;
  Expression* where = nullptr;
  List<OrderItem> order_by;
  Expression* limit = nullptr;
};

enum class DuplicateHandling : uint8_t { kError, kReplace, kIgnore };

struct LoadDataStatement : Statement {
  static constexpr Kind kKind = Kind::kLoadData;
  LoadDataStatement() : Statement(kKind) {}

  bool xml = false;
  bool local = false;
  bool from_s3 = false;
  StatementPriority priority = StatementPriority::kNormal;
  bool concurrent = false;
  std::string_view file;
  DuplicateHandling duplicates = DuplicateHandling::kError;
  TableName table;
  List<std::string_view> partitions;
  std::string_view charset;
  FileFormat format;
  std::string_view xml_row_tag;
  uint64_t ignore_lines = 0;
  bool has_column_list = false;
  List<Expression*> targets;  // ColumnReference or UserVariable
  List<Assignment> assignments;
};

struct CallStatement : Statement {
  static constexpr Kind kKind = Kind::kCall;
  CallStatement() : Statement(kKind) {}

  TableName procedure;  // schema, name
  List<Expression*> arguments;
};

struct DoStatement : Statement {
  static constexpr Kind kKind = Kind::kDo;
  DoStatement() : Statement(kKind) {}

  List<Expression*> expressions;
};

/// HANDLER t OPEN | READ … | CLOSE: kept as text.
struct HandlerStatement : Statement {
  static constexpr Kind kKind = Kind::kHandler;
  HandlerStatement() : Statement(kKind) {}

  TableName table;
  std::string_view text;
};

enum class AccessMode : uint8_t { kNotWritten, kReadWrite, kReadOnly };
enum class IsolationLevel : uint8_t {
  kNotWritten,
  kReadUncommitted,
  kReadCommitted,
  kRepeatableRead,
  kSerializable,
};

/// START TRANSACTION and BEGIN.
struct StartTransactionStatement : Statement {
  static constexpr Kind kKind = Kind::kStartTransaction;
  StartTransactionStatement() : Statement(kKind) {}

  bool consistent_snapshot = false;
  AccessMode access = AccessMode::kNotWritten;
};

enum class YesNo : uint8_t { kNotWritten, kYes, kNo };

struct CommitStatement : Statement {
  static constexpr Kind kKind = Kind::kCommit;
  CommitStatement() : Statement(kKind) {}

  YesNo chain = YesNo::kNotWritten;
  YesNo release = YesNo::kNotWritten;
};

struct RollbackStatement : Statement {
  static constexpr Kind kKind = Kind::kRollback;
  RollbackStatement() : Statement(kKind) {}

  YesNo chain = YesNo::kNotWritten;
  YesNo release = YesNo::kNotWritten;
};

struct SavepointStatement : Statement {
  static constexpr Kind kKind = Kind::kSavepoint;
  SavepointStatement() : Statement(kKind) {}

  std::string_view name;
};

struct RollbackToSavepointStatement : Statement {
  static constexpr Kind kKind = Kind::kRollbackToSavepoint;
  RollbackToSavepointStatement() : Statement(kKind) {}

  std::string_view name;
};

struct ReleaseSavepointStatement : Statement {
  static constexpr Kind kKind = Kind::kReleaseSavepoint;
  ReleaseSavepointStatement() : Statement(kKind) {}

  std::string_view name;
};

/// SET [GLOBAL|SESSION] TRANSACTION; kDefault is the next transaction only.
struct SetTransactionStatement : Statement {
  static constexpr Kind kKind = Kind::kSetTransaction;
  SetTransactionStatement() : Statement(kKind) {}

  VariableScope scope = VariableScope::kDefault;
  IsolationLevel isolation = IsolationLevel::kNotWritten;
  AccessMode access = AccessMode::kNotWritten;
};

enum class TableLock : uint8_t { kRead, kReadLocal, kWrite };
struct LockTableItem {
  TableName table;
  std::string_view alias;
  TableLock lock = TableLock::kRead;
};

struct LockTablesStatement : Statement {
  static constexpr Kind kKind = Kind::kLockTables;
  LockTablesStatement() : Statement(kKind) {}

  List<LockTableItem> items;
};

struct UnlockTablesStatement : Statement {
  static constexpr Kind kKind = Kind::kUnlockTables;
  UnlockTablesStatement() : Statement(kKind) {}
};

/// LOCK INSTANCE FOR BACKUP, UNLOCK INSTANCE
struct LockInstanceStatement : Statement {
  static constexpr Kind kKind = Kind::kLockInstance;
  LockInstanceStatement() : Statement(kKind) {}

  bool unlock = false;
};

enum class XaCommand : uint8_t { kStart, kEnd, kPrepare, kCommit, kRollback, kRecover };

struct XaStatement : Statement {
  static constexpr Kind kKind = Kind::kXa;
  XaStatement() : Statement(kKind) {}

  XaCommand command = XaCommand::kStart;
  std::string_view gtrid;
  std::string_view bqual;
  uint64_t format_id = 1;
  bool join = false;
  bool resume = false;
  bool suspend = false;
  bool for_migrate = false;
  bool one_phase = false;
  bool convert_xid = false;
};

struct PrepareStatement : Statement {
  static constexpr Kind kKind = Kind::kPrepare;
  PrepareStatement() : Statement(kKind) {}

  std::string_view name;
  std::string_view text;       // FROM '…'
  bool from_variable = false;  // FROM @variable
  std::string_view variable;
};

struct ExecuteStatement : Statement {
  static constexpr Kind kKind = Kind::kExecute;
  ExecuteStatement() : Statement(kKind) {}

  std::string_view name;
  List<std::string_view> using_variables;
};

struct DeallocateStatement : Statement {
  static constexpr Kind kKind = Kind::kDeallocate;
  DeallocateStatement() : Statement(kKind) {}

  std::string_view name;
};

enum class RoutineKind : uint8_t { kProcedure, kFunction, kTrigger, kEvent, kLoadableFunction };

/// CREATE PROCEDURE|FUNCTION|TRIGGER|EVENT: the whole text, up to the end of its body.
struct CreateRoutineStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateRoutine;
  CreateRoutineStatement() : Statement(kKind) {}

  RoutineKind routine = RoutineKind::kProcedure;
  bool if_not_exists = false;
  bool has_definer = false;
  AccountName definer;
  TableName name;  // schema, name
  std::string_view text;
};

/// ALTER PROCEDURE|FUNCTION|EVENT
struct AlterRoutineStatement : Statement {
  static constexpr Kind kKind = Kind::kAlterRoutine;
  AlterRoutineStatement() : Statement(kKind) {}

  RoutineKind routine = RoutineKind::kProcedure;
  TableName name;
  std::string_view text;
};

struct DropRoutineStatement : Statement {
  static constexpr Kind kKind = Kind::kDropRoutine;
  DropRoutineStatement() : Statement(kKind) {}

  RoutineKind routine = RoutineKind::kProcedure;
  bool if_exists = false;
  TableName name;
};

/// Something MySQL knows and this server does not; `what` names it for error 1235.
struct UnsupportedStatement : Statement {
  static constexpr Kind kKind = Kind::kUnsupported;
  UnsupportedStatement() : Statement(kKind) {}

  std::string_view what;
};

}  // namespace sixfold::sql
