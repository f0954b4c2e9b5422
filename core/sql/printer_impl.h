// The printer behind printer.h; its methods are spread over print_*.cc by topic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/sql/ast.h"
#include "core/sql/printer.h"

namespace sixfold::sql {

class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}

  std::string Take() { return std::move(out_); }

  // print_expression.cc
  void Print(const Expression& expression);
  // print_query.cc
  void Print(const QueryExpression& query);
  // print_statement.cc
  void Print(const Statement& statement);
  // print_ddl.cc
  void Print(const TypeSyntax& type);
  void Print(const ColumnDefinition& column);
  void Print(const KeyDefinition& key);
  void Print(const PartitionClause& clause);

 private:
  void Text(std::string_view text) { out_.append(text); }
  void Name(std::string_view name) { AppendIdentifier(&out_, name); }
  void Quoted(std::string_view text) { AppendString(&out_, text); }
  void Number(int64_t number) { out_.append(std::to_string(number)); }
  void Name(const TableName& name);
  void Name(const PrintedColumn& column);
  void Account(const AccountName& account);
  void Word(std::string_view name);
  void Names(const List<std::string_view>& names);
  void NamesInParentheses(const List<std::string_view>& names);
  void TableNames(const List<TableName>& names);
  void Accounts(const List<AccountName>& accounts);
  void GuardStack() const;
  template <typename Items, typename Function>
  void Separated(const Items& items, std::string_view separator, Function print) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) Text(separator);
      first = false;
      print(item);
    }
  }
  void Expressions(const List<Expression*>& items, std::string_view separator = ",");

  void PrintLiteral(const Literal& literal);
  void PrintBinary(const Binary& binary);
  void PrintLogical(const Logical& logical);
  void PrintCase(const Case& node);
  void PrintCall(const FunctionCall& call);
  void PrintAggregate(const AggregateCall& call);
  void PrintWindow(const WindowSpecification& window);
  void PrintFrameBound(const FrameBound& bound);
  void PrintCast(const Cast& cast);
  void PrintCastType(const TypeSyntax& type);
  void PrintTrim(const Trim& trim);
  void PrintMatch(const MatchAgainst& match);
  void PrintJsonFallback(const JsonFallback& fallback, std::string_view event);
  void PrintJsonValue(const JsonValue& value);
  void PrintSystemVariable(const SystemVariable& variable);
  void PrintInfix(const Expression& left, std::string_view word, const Expression& right);
  void PrintSubquery(const QueryExpression& query);

  void PrintWith(bool recursive, const List<CommonTableExpression*>& with);
  void Print(const QueryBody& body);
  void PrintOperand(const QueryBody& body, bool right);
  void PrintSelect(const QuerySpecification& select);
  void PrintSelectOptions(const QuerySpecification& select);
  void PrintItem(const QuerySpecification& select, const SelectItem& item);
  void PrintOrder(const List<OrderItem>& order);
  void PrintLimit(const Limit& limit);
  void PrintLocking(const LockingClause& clause);
  void PrintInto(const SelectInto& into);
  void PrintFileFormat(const FileFormat& format);
  void Print(const TableReference& table);
  void PrintBase(const BaseTable& table);
  void PrintJoin(const JoinTable& join);
  void PrintDerived(const DerivedTable& derived);
  void PrintJsonTable(const JsonTable& table);
  void PrintJsonColumns(const List<JsonTableColumn*>& columns);
  void PrintRow(const RowExpression& row, std::string_view open);

  void PrintInsert(const InsertStatement& insert);
  void PrintUpdate(const UpdateStatement& update);
  void PrintDelete(const DeleteStatement& remove);
  void PrintLoad(const LoadDataStatement& load);
  void PrintAssignments(const List<Assignment>& assignments);
  bool PrintTransaction(const Statement& statement);
  bool PrintPrepared(const Statement& statement);
  void PrintXa(const XaStatement& xa);
  void PrintChain(YesNo chain, YesNo release);
  bool PrintDefinition(const Statement& statement);
  void PrintCreateTable(const CreateTableStatement& create);
  void PrintDatabaseOptions(const DatabaseOptions& options);
  void PrintCheck(const CheckConstraint& check);
  void PrintReference(const ForeignKeyReference& reference);
  void PrintKeyParts(const List<KeyPart>& parts);
  void PrintTableOption(const TableOption& option);
  void PrintPartition(const PartitionDefinition& partition, bool sub);
  void PrintPartitions(const List<PartitionDefinition*>& definitions);
  void PrintAlterTable(const AlterTableStatement& alter);
  void PrintAlterItem(const AlterItem& item);
  void PrintAlgorithmAndLock(DdlAlgorithm algorithm, DdlLock lock, std::string_view separator);
  void PrintView(const CreateViewStatement& view);
  bool PrintAdministration(const Statement& statement);
  void PrintSet(const SetVariablesStatement& set);
  void PrintShow(const ShowStatement& show);
  void PrintMaintain(const MaintainTableStatement& maintain);
  void PrintFlush(const FlushStatement& flush);
  bool PrintUserStatement(const Statement& statement);
  void PrintAuth(const AuthOption& auth);
  void PrintUserOptions(const UserOptions& options);
  void PrintPrivileges(const List<PrivilegeItem>& items, bool roles);
  void PrintGrantLevel(GrantObject object, GrantLevel level, const TableName& name);

  PrintOptions options_;
  std::string out_;
  /// Inside a subquery used as an expression items print without the names they got by default.
  bool in_expression_ = false;
};

}  // namespace sixfold::sql
