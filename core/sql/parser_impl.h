// The recursive-descent parser behind parser.h. One object parses one statement; its methods are
// spread over parse_*.cc by topic. Each Parse… method starts at the current token and leaves the
// first token it does not own as the current one.
#pragma once

#include <array>
#include <string_view>

#include "core/sql/ast.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"

namespace sixfold::sql {

class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options, Arena* arena);

  ParseResult ParseOne();
  ParseResult EmptyStatement();
  Expression* ParseWholeExpression();
  QueryExpression* ParseWholeQuery();

 private:
  using K = Keyword;
  using T = TokenType;
  struct ExpressionOrQuery {
    Expression* expression = nullptr;
    QueryExpression* query = nullptr;
  };
  struct TableOrQuery {
    TableReference* table = nullptr;
    QueryExpression* query = nullptr;
  };
  struct Interval {
    Expression* amount = nullptr;
    IntervalUnit unit = IntervalUnit::kDay;
  };

  // --- tokens (parser.cc)
  bool Is(T type) const { return token_.type == type; }
  bool Is(K keyword) const { return token_.keyword == keyword; }
  const Token& Peek(size_t distance);
  bool PeekIs(size_t distance, T type) { return Peek(distance).type == type; }
  bool PeekIs(size_t distance, K keyword) { return Peek(distance).keyword == keyword; }
  void Advance();
  bool Accept(T type);
  bool Accept(K keyword);
  bool Accept(K first, K second);
  void Expect(T type);
  void Expect(K keyword);
  void Expect(K first, K second);
  [[noreturn]] void SyntaxError() const;
  void GuardStack() const;
  bool AtEnd() const { return Is(T::kEnd) || Is(T::kSemicolon); }
  std::string_view TextBetween(uint32_t begin, uint32_t end) const;
  std::string_view TextWithoutComments(uint32_t begin, uint32_t end) const;

  template <typename Node>
  Node* New() {
    Node* node = arena_->New<Node>();
    if constexpr (requires { node->span; }) node->span.begin = token_.begin;
    return node;
  }
  template <typename Node>
  Node* Finish(Node* node) {
    node->span.end = previous_end_;
    return node;
  }
  template <typename Item>
  void Add(List<Item>* list, Item item) {
    list->Add(arena_, item);
  }

  // --- names and small pieces (parse_names.cc)
  static bool IsIdentifier(const Token& token);
  bool IsIdentifier() const { return IsIdentifier(token_); }
  bool IsIdentifierOrString() const { return IsIdentifier() || Is(T::kString); }
  std::string_view Identifier();
  std::string_view IdentifierOrString();
  std::string_view AnyWord();
  std::string_view String();
  std::string_view OptionalAlias();
  uint64_t UnsignedInteger();
  uint64_t RoundedNumber();
  std::string_view Lower(std::string_view text);
  std::string_view Upper(std::string_view text);
  std::string_view CharsetName();
  std::string_view CollationName();
  TableName QualifiedName();
  TableName QualifiedNameWithStar();
  List<std::string_view> NameList();
  AccountName Account();
  List<AccountName> AccountList();
  ColumnReference* Column();
  bool AcceptIfExists();
  bool AcceptIfNotExists();
  void SkipEqual() { Accept(T::kEqual); }
  YesNo OptionalChain();
  YesNo OptionalRelease();

  // --- expressions (parse_expression.cc)
  Expression* ParseExpr();
  Expression* ParseExprFrom(Expression* primary);
  Expression* ParseXor();
  Expression* ParseAnd();
  Expression* ParseNot();
  Expression* ParseTruth();
  Expression* ParseComparison();
  Expression* ParsePredicate();
  Expression* ParseNegatablePredicate(Expression* operand, bool negated);
  Expression* ParseInTail(Expression* operand, bool negated);
  Expression* ParseBit(int lowest);
  Expression* ParseSimple();
  Expression* ParseUnary();
  Expression* ParsePostfix();
  Expression* ParsePrimary();
  Expression* ParseParenthesized();
  ExpressionOrQuery ParseExpressionOrQuery();
  Expression* AfterParenthesis(ExpressionOrQuery inner, uint32_t begin);
  QueryExpression* ParseParenthesizedSubquery();
  Expression* MakeSubquery(QueryExpression* query, uint32_t begin);
  Expression* MakeBinary(BinaryOperator op, Expression* left, Expression* right);
  Expression* MakeNot(Expression* operand, uint32_t begin);
  Expression* MakeDateArithmetic(Expression* date, const Interval& interval, bool subtract);
  FunctionCall* MakeCall(std::string_view name, std::initializer_list<Expression*> arguments,
                         uint32_t begin);
  Expression* ParseCase();
  Expression* ParseVariableAssignmentOrUse();
  Expression* ParseSystemVariable();
  Expression* ParseOdbcEscape();
  Expression* ParseIntervalPrimary();
  bool ParseIntervalOrCall(Interval* interval, Expression** call);
  IntervalUnit ParseIntervalUnit();
  bool IsIntervalUnit() const;
  List<Expression*> ParseExpressionList();
  bool IsComparisonOperator() const;

  // --- literals (parse_literal.cc)
  Literal* ParseStringLiteral();
  Literal* ParseNumber();
  Expression* ParameterOr(Literal* literal);
  Literal* ParseIntroduced();
  Literal* ParseHexOrBit();
  Literal* MakeKeywordLiteral(LiteralType type);
  Expression* ParseTemporalLiteral(LiteralType type);

  // --- functions (parse_function.cc)
  Expression* ParseKeywordPrimary();
  Expression* ParseFunctionKeyword(K keyword);
  Expression* ParseNameOrCall();
  Expression* ParseGenericCall(std::string_view schema, std::string_view name, uint32_t begin);
  Expression* ParseSimpleCall(std::string_view canonical);
  Expression* ParseNowLike(std::string_view canonical, bool parentheses_required);
  Expression* ParseCast();
  Expression* ParseConvert();
  Expression* ParseExtract();
  Expression* ParseTrim();
  Expression* ParseSubstring();
  Expression* ParsePosition();
  Expression* ParseCharCall();
  Expression* ParseDateAdd(bool subtract, bool days_by_default);
  Expression* ParseTimestampAdd();
  Expression* ParseTimestampDiff();
  Expression* ParseGetFormat();
  Expression* ParseWeightString();
  Expression* ParseMatch();
  Expression* ParseJsonValue();
  JsonFallback ParseJsonFallback();
  void ParseJsonFallbacks(JsonFallback* on_empty, JsonFallback* on_error);
  Expression* ParseAggregate(AggregateFunction function);
  Expression* ParseGroupConcat();
  Expression* ParseWindowFunction(AggregateFunction function);
  void ParseOver(AggregateCall* call);
  WindowSpecification* ParseWindowSpecification();
  void ParseFrame(WindowSpecification* window);
  FrameBound ParseFrameBound();
  TypeSyntax ParseCastType();

  // --- queries (parse_select.cc, parse_table.cc)
  bool StartsQuery();
  bool ContinuesQuery() const;
  QueryExpression* ParseQuery();
  QueryExpression* ParseQueryFrom(QueryBody* first);
  void ParseQueryTail(QueryExpression* query, QueryBody* first);
  void ParseWith(bool* recursive, List<CommonTableExpression*>* with);
  QueryBody* ParseUnion(QueryExpression* query, QueryBody* first);
  QueryBody* ParseIntersect(QueryExpression* query, QueryBody* first);
  QueryBody* ParseQueryPrimary(QueryExpression* query);
  QueryBody* UnwrapParenthesized(QueryExpression* inner, uint32_t begin);
  QueryBody* ParseSpecification(QueryExpression* query);
  void ParseSelectOptions(QuerySpecification* select);
  SelectItem ParseSelectItem();
  std::string_view NameOfItem(const Expression& expression, uint32_t begin);
  QueryBody* ParseValuesBody();
  List<OrderItem> ParseOrderList();
  void ParseLimit(Limit* limit);
  Expression* ParseLimitOption();
  LockingClause ParseLocking();
  void ParseInto(SelectInto* into);
  void ParseFileFormat(FileFormat* format);
  RowExpression* ParseValueRow();

  TableReference* ParseTableList();
  TableReference* ParseTableListFrom(TableReference* first);
  TableReference* ParseJoins(TableReference* left);
  TableReference* ParseJoinTail(TableReference* left, JoinTable* join);
  TableReference* ParseTableFactor();
  TableReference* ParseParenthesizedTable();
  TableOrQuery ParseTableOrQuery();
  TableReference* ParseDerived(QueryExpression* query, bool lateral, uint32_t begin);
  BaseTable* ParseBaseTable();
  void ParseIndexHints(BaseTable* table);
  TableReference* ParseJsonTable();
  List<JsonTableColumn*> ParseJsonColumns();
  JsonTableColumn* ParseJsonColumn();

  // --- data changes (parse_dml.cc)
  Statement* ParseSelectStatement();
  Statement* ParseInsert(bool replace);
  void ParseInsertSource(InsertStatement* insert);
  Statement* ParseUpdate();
  Statement* ParseDelete();
  void ParseWithStatement(Statement** statement);
  Statement* ParseLoadData();
  Statement* ParseCall();
  Statement* ParseDo();
  Statement* ParseHandler();
  Assignment ParseAssignment();
  List<Assignment> ParseAssignments();

  // --- transactions, prepared statements (parse_transaction.cc)
  Statement* ParseStartTransaction();
  Statement* ParseBegin();
  Statement* ParseCommit();
  Statement* ParseRollback();
  Statement* ParseRelease();
  Statement* ParseLock();
  Statement* ParseUnlock();
  Statement* ParseReset();
  Statement* ParseXa();
  void ParseXid(XaStatement* xa);
  Statement* ParseSetTransaction(VariableScope scope);
  Statement* ParsePrepare();
  Statement* ParseExecute();
  Statement* ParseDeallocate();
  std::string_view ConditionItemName();
  Statement* ParseSignal(bool resignal);
  Statement* ParseGetDiagnostics();

  // --- definitions (parse_type.cc, parse_create_table.cc, parse_alter.cc, parse_ddl.cc,
  //     parse_partition.cc)
  TypeSyntax ParseType();
  void ParseTypeLength(TypeSyntax* type);
  void ParseTypeDecimals(TypeSyntax* type);
  void ParseNumericAttributes(TypeSyntax* type);
  void ParseCharsetAttributes(TypeSyntax* type);
  bool ParseCharacterType(TypeSyntax* type);
  ColumnDefinition* ParseColumnDefinition();
  void ParseColumnBody(ColumnDefinition* column);
  bool ParseColumnAttribute(ColumnDefinition* column);
  bool ParseColumnPhysicalAttribute(ColumnDefinition* column);
  void ParseGenerated(ColumnDefinition* column);
  Expression* ParseDefaultValue(bool* is_expression);
  bool ParseTableConstraint(List<KeyDefinition*>* keys, List<CheckConstraint*>* checks);
  KeyDefinition* ParseKeyBody(KeyDefinition* key);
  List<KeyPart> ParseKeyParts();
  void ParseKeyOptions(KeyDefinition* key);
  bool ParseKeyOption(KeyDefinition* key);
  KeyAlgorithm ParseKeyAlgorithm();
  CheckConstraint* ParseCheck(std::string_view name);
  ForeignKeyReference* ParseReferences();
  ReferenceAction ParseReferenceAction();
  bool ParseTableOption(TableOption* option);
  void ParseCreateTableBody(CreateTableStatement* create);
  Statement* ParseCreateTable(bool temporary);
  Statement* ParseCreate();
  Statement* ParseCreateDatabase();
  DatabaseOptions ParseDatabaseOptions();
  Statement* ParseCreateIndex(KeyType type);
  bool ParseAlgorithmOrLock(DdlAlgorithm* algorithm, DdlLock* lock);
  Statement* ParseCreateWithPrefix();
  Statement* ParseCreateView(CreateViewStatement* view);
  Statement* ParseCreateRoutine(RoutineKind kind, CreateViewStatement* prefix, uint32_t begin);
  void SkipRoutineBody();
  Statement* ParseDrop();
  Statement* ParseDropTable(bool temporary);
  Statement* ParseDropIndex();
  Statement* ParseDropRoutine(RoutineKind kind);
  Statement* ParseTruncate();
  Statement* ParseRename();
  Statement* ParseAlter();
  Statement* ParseAlterDatabase();
  Statement* ParseAlterTable();
  void ParseAlterItem(AlterTableStatement* alter);
  void ParseAlterAdd(AlterItem* item);
  void ParseAlterDrop(AlterItem* item);
  void ParseAlterAlter(AlterItem* item);
  void ParseAlterRename(AlterItem* item);
  bool ParseAlterPartition(AlterItem* item);
  void ParseColumnPosition(AlterItem* item);
  Statement* ParseAlterRoutine(RoutineKind kind);
  Statement* ParseAlterSystem();
  PartitionClause* ParsePartitionBy();
  void ParsePartitionMethod(PartitionClause* clause);
  List<PartitionDefinition*> ParsePartitionDefinitions();
  PartitionDefinition* ParsePartitionDefinition(bool sub);
  bool ParsePartitionOption(PartitionDefinition* definition);
  RowExpression* ParsePartitionValue(bool tuple);
  void ParsePartitionNames(AlterItem* item);
  Statement* Unsupported(std::string_view what);

  // --- administration (parse_set.cc, parse_show.cc, parse_admin.cc, parse_user.cc)
  Statement* ParseSet();
  void ParseSetItem(SetVariablesStatement* set, VariableScope* scope);
  bool ParseScope(VariableScope* scope);
  Expression* ParseSetValue();
  void ParseSetVariableName(SetItem* item);
  Statement* ParseSetPassword();
  Statement* ParseSetRole();
  Statement* ParseShow();
  bool ParseShowPlain(ShowStatement* show);
  bool ParseShowNamed(ShowStatement* show);
  void ParseShowCreate(ShowStatement* show);
  void ParseShowFilter(ShowStatement* show);
  void ParseShowTable(ShowStatement* show);
  void ParseShowSchema(ShowStatement* show);
  Statement* ParseDescribe();
  Statement* ParseExplainTail(ExplainStatement* explain);
  Statement* ParseUse();
  Statement* ParseKill();
  Statement* ParseFlush();
  void ParseFlushTables(FlushStatement* flush);
  Statement* ParseMaintain(MaintainKind kind);
  Statement* ParseHelp();
  Statement* ParseCreateUser();
  Statement* ParseAlterUser();
  Statement* ParseDropUser();
  Statement* ParseCreateRole();
  Statement* ParseDropRole();
  UserSpecification ParseUserSpecification();
  bool ParseAuth(AuthOption* auth);
  void ParseUserOptions(UserOptions* options);
  bool ParseUserOption(UserOptions* options);
  void ParsePasswordOption(UserOptions* options);
  void ParseTlsRequirement(UserOptions* options);
  Statement* ParseGrant();
  Statement* ParseRevoke();
  bool ParsePrivilege(PrivilegeItem* item);
  void ParsePrivilegeList(List<PrivilegeItem>* items, bool* roles);
  void ParseGrantLevel(GrantObject* object, GrantLevel* level, TableName* name);

  Statement* ParseStatement();
  Statement* ParseStatementByKeyword();

  Lexer lexer_;
  ParseOptions options_;
  Arena* arena_;
  Token token_;
  std::array<Token, 8> ahead_;
  size_t ahead_begin_ = 0;
  size_t ahead_count_ = 0;
  uint32_t previous_end_ = 0;
  uint32_t parameters_ = 0;
  /// A primary that was parsed before its expression was known to be one; the next ParsePrimary()
  /// takes it.
  Expression* pending_ = nullptr;
};

}  // namespace sixfold::sql
