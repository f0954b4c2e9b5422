// The statements that define databases, tables, views and routines.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {
namespace {

constexpr std::string_view kRoutineWords[] = {"procedure", "function", "trigger", "event",
                                              "function"};

}  // namespace

void Printer::PrintDatabaseOptions(const DatabaseOptions& options) {
  if (!options.charset.empty()) {
    Text(" CHARACTER SET ");
    Word(options.charset);
  }
  if (!options.collation.empty()) {
    Text(" COLLATE ");
    Word(options.collation);
  }
  if (!options.encryption.empty()) {
    Text(" ENCRYPTION ");
    Quoted(options.encryption);
  }
  if (options.read_only != YesNo::kNotWritten) {
    Text(options.read_only == YesNo::kYes ? " READ ONLY = 1" : " READ ONLY = 0");
  }
}

void Printer::PrintCreateTable(const CreateTableStatement& create) {
  Text(create.temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ");
  if (create.if_not_exists) Text("IF NOT EXISTS ");
  Name(create.name);
  if (create.is_like) {
    Text(" LIKE ");
    return Name(create.like);
  }
  if (!create.columns.empty() || !create.keys.empty() || !create.checks.empty()) {
    std::string_view separator = " (\n  ";
    const auto line = [&] {
      Text(separator);
      separator = ",\n  ";
    };
    for (const ColumnDefinition* column : create.columns) {
      line();
      Print(*column);
    }
    for (const KeyDefinition* key : create.keys) {
      line();
      Print(*key);
    }
    for (const CheckConstraint* check : create.checks) {
      line();
      PrintCheck(*check);
    }
    Text("\n)");
  }
  for (const TableOption& option : create.options) {
    Text(" ");
    PrintTableOption(option);
  }
  if (create.partitioning != nullptr) {
    Text("\n");
    Print(*create.partitioning);
  }
  constexpr std::string_view kDuplicates[] = {"", " REPLACE", " IGNORE"};
  Text(kDuplicates[static_cast<size_t>(create.duplicates)]);
  if (create.query != nullptr) {
    Text(" AS ");
    Print(*create.query);
  }
}

void Printer::PrintAlgorithmAndLock(DdlAlgorithm algorithm, DdlLock lock,
                                    std::string_view separator) {
  constexpr std::string_view kAlgorithmWords[] = {"", "DEFAULT", "INSTANT", "INPLACE", "COPY"};
  constexpr std::string_view kLockWords[] = {"", "DEFAULT", "NONE", "SHARED", "EXCLUSIVE"};
  if (algorithm != DdlAlgorithm::kNotWritten) {
    Text(separator);
    Text(" ALGORITHM = ");
    Text(kAlgorithmWords[static_cast<size_t>(algorithm)]);
  }
  if (lock != DdlLock::kNotWritten) {
    Text(separator);
    Text(" LOCK = ");
    Text(kLockWords[static_cast<size_t>(lock)]);
  }
}

void Printer::PrintView(const CreateViewStatement& view) {
  Text(view.alter ? "ALTER " : view.or_replace ? "CREATE OR REPLACE " : "CREATE ");
  constexpr std::string_view kAlgorithmWords[] = {"", "UNDEFINED", "MERGE", "TEMPTABLE"};
  if (view.algorithm != ViewAlgorithm::kNotWritten) {
    Text("ALGORITHM=");
    Text(kAlgorithmWords[static_cast<size_t>(view.algorithm)]);
    Text(" ");
  }
  if (view.has_definer) {
    Text("DEFINER=");
    Account(view.definer);
    Text(" ");
  }
  if (view.security != SqlSecurity::kNotWritten) {
    Text(view.security == SqlSecurity::kDefiner ? "SQL SECURITY DEFINER "
                                                : "SQL SECURITY INVOKER ");
  }
  Text("VIEW ");
  if (view.if_not_exists) Text("IF NOT EXISTS ");
  Name(view.name);
  if (!view.columns.empty()) {
    Text(" ");
    NamesInParentheses(view.columns);
  }
  Text(" AS ");
  Print(*view.query);
  if (view.check_option == ViewCheckOption::kLocal) Text(" WITH LOCAL CHECK OPTION");
  if (view.check_option == ViewCheckOption::kCascaded) Text(" WITH CASCADED CHECK OPTION");
}

bool Printer::PrintDefinition(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kCreateDatabase: {
      const auto& create = As<CreateDatabaseStatement>(statement);
      Text(create.if_not_exists ? "CREATE DATABASE IF NOT EXISTS " : "CREATE DATABASE ");
      Name(create.name);
      PrintDatabaseOptions(create.options);
      return true;
    }
    case Statement::Kind::kAlterDatabase: {
      const auto& alter = As<AlterDatabaseStatement>(statement);
      Text("ALTER DATABASE");
      if (!alter.name.empty()) {
        Text(" ");
        Name(alter.name);
      }
      PrintDatabaseOptions(alter.options);
      return true;
    }
    case Statement::Kind::kDropDatabase: {
      const auto& drop = As<DropDatabaseStatement>(statement);
      Text(drop.if_exists ? "DROP DATABASE IF EXISTS " : "DROP DATABASE ");
      Name(drop.name);
      return true;
    }
    case Statement::Kind::kCreateTable:
      PrintCreateTable(As<CreateTableStatement>(statement));
      return true;
    case Statement::Kind::kAlterTable:
      PrintAlterTable(As<AlterTableStatement>(statement));
      return true;
    case Statement::Kind::kDropTable: {
      const auto& drop = As<DropTableStatement>(statement);
      Text(drop.temporary ? "DROP TEMPORARY TABLE " : "DROP TABLE ");
      if (drop.if_exists) Text("IF EXISTS ");
      TableNames(drop.tables);
      return true;
    }
    case Statement::Kind::kTruncateTable:
      Text("TRUNCATE TABLE ");
      Name(As<TruncateTableStatement>(statement).table);
      return true;
    case Statement::Kind::kRenameTable:
      Text("RENAME TABLE ");
      Separated(As<RenameTableStatement>(statement).items, ", ", [&](const RenameItem& item) {
        Name(item.from);
        Text(" TO ");
        Name(item.to);
      });
      return true;
    case Statement::Kind::kCreateIndex: {
      const auto& create = As<CreateIndexStatement>(statement);
      constexpr std::string_view kTypes[] = {"", "UNIQUE ", "", "FULLTEXT ", "SPATIAL ", ""};
      KeyDefinition tail = *create.key;
      Text("CREATE ");
      Text(kTypes[static_cast<size_t>(tail.type)]);
      Text("INDEX ");
      Name(tail.name);
      Text(" ON ");
      Name(create.table);
      // The rest is that of a KEY without its first word and name.
      tail.type = KeyType::kIndex;
      tail.name = {};
      const size_t begin = out_.size();
      Print(tail);
      out_.erase(begin, std::string_view("KEY").size());
      PrintAlgorithmAndLock(create.algorithm, create.lock, "");
      return true;
    }
    case Statement::Kind::kDropIndex: {
      const auto& drop = As<DropIndexStatement>(statement);
      Text("DROP INDEX ");
      Name(drop.name);
      Text(" ON ");
      Name(drop.table);
      PrintAlgorithmAndLock(drop.algorithm, drop.lock, "");
      return true;
    }
    case Statement::Kind::kCreateView:
      PrintView(As<CreateViewStatement>(statement));
      return true;
    case Statement::Kind::kDropView: {
      const auto& drop = As<DropViewStatement>(statement);
      Text(drop.if_exists ? "DROP VIEW IF EXISTS " : "DROP VIEW ");
      TableNames(drop.views);
      return true;
    }
    case Statement::Kind::kCreateRoutine:
      Text(As<CreateRoutineStatement>(statement).text);
      return true;
    case Statement::Kind::kAlterRoutine:
      Text(As<AlterRoutineStatement>(statement).text);
      return true;
    case Statement::Kind::kDropRoutine: {
      const auto& drop = As<DropRoutineStatement>(statement);
      Text("DROP ");
      Text(kRoutineWords[static_cast<size_t>(drop.routine)]);
      Text(drop.if_exists ? " IF EXISTS " : " ");
      Name(drop.name);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace sixfold::sql
