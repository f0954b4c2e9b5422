// CREATE TABLE: columns, keys, constraints, table options.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

ColumnDefinition* Parser::ParseColumnDefinition() {
  ColumnDefinition* column = New<ColumnDefinition>();
  column->name = Identifier();
  ParseColumnBody(column);
  return Finish(column);
}

// Behind the name.
void Parser::ParseColumnBody(ColumnDefinition* column) {
  column->type = ParseType();
  if (column->type.keyword == TypeKeyword::kSerial) {
    column->nullable = YesNo::kNo;
    column->auto_increment = true;
    column->key = ColumnKey::kUnique;
  }
  while (ParseColumnAttribute(column)) {
  }
}

void Parser::ParseGenerated(ColumnDefinition* column) {
  if (Accept(K::kGenerated)) Expect(K::kAlways);
  Expect(K::kAs);
  Expect(T::kLeftParen);
  column->generated_as = ParseExpr();
  Expect(T::kRightParen);
  column->generated = GeneratedKind::kVirtual;
  if (Accept(K::kStored)) {
    column->generated = GeneratedKind::kStored;
  } else {
    Accept(K::kVirtual);
  }
}

// What DEFAULT takes: a literal, now(n), or an expression in parentheses.
Expression* Parser::ParseDefaultValue(bool* is_expression) {
  *is_expression = false;
  switch (token_.type) {
    case T::kLeftParen: {
      *is_expression = true;
      Advance();
      Expression* expression = ParseExpr();
      Expect(T::kRightParen);
      return expression;
    }
    case T::kMinus: {
      Unary* negated = New<Unary>();
      negated->op = UnaryOperator::kNegate;
      Advance();
      if (!Is(T::kInteger) && !Is(T::kDecimal) && !Is(T::kFloat)) SyntaxError();
      negated->operand = ParseNumber();
      return Finish(negated);
    }
    case T::kPlus:
      Advance();
      if (!Is(T::kInteger) && !Is(T::kDecimal) && !Is(T::kFloat)) SyntaxError();
      return ParseNumber();
    case T::kInteger:
    case T::kDecimal:
    case T::kFloat:
    case T::kString:
    case T::kNationalString:
    case T::kIntroducer:
    case T::kHex:
    case T::kBit:
      return ParsePrimary();
    default:
      break;
  }
  switch (token_.keyword) {
    case K::kNull:
    case K::kTrue:
    case K::kFalse:
    case K::kNow:
    case K::kCurrentTimestamp:
    case K::kLocaltime:
    case K::kLocaltimestamp:
      return ParsePrimary();
    case K::kDate:
    case K::kTime:
    case K::kTimestamp:
      if (PeekIs(1, T::kString)) return ParsePrimary();
      SyntaxError();
    default:
      SyntaxError();
  }
}

// False: no attribute here.
bool Parser::ParseColumnAttribute(ColumnDefinition* column) {
  switch (token_.keyword) {
    case K::kNot:
      Advance();
      if (Accept(K::kSecondary)) return true;
      Expect(K::kNull);
      column->nullable = YesNo::kNo;
      return true;
    case K::kNull:
      Advance();
      column->nullable = YesNo::kYes;
      return true;
    case K::kDefault:
      Advance();
      column->default_value = ParseDefaultValue(&column->default_is_expression);
      return true;
    case K::kOn:
      Advance();
      Expect(K::kUpdate);
      if (!Is(K::kNow) && !Is(K::kCurrentTimestamp) && !Is(K::kLocaltime) &&
          !Is(K::kLocaltimestamp)) {
        SyntaxError();
      }
      column->on_update = ParsePrimary();
      return true;
    case K::kAutoIncrement:
      Advance();
      column->auto_increment = true;
      return true;
    case K::kSerial:
      Advance();
      Expect(K::kDefault, K::kValue);
      column->nullable = YesNo::kNo;
      column->auto_increment = true;
      column->key = ColumnKey::kUnique;
      return true;
    case K::kPrimary:
      Advance();
      Expect(K::kKey);
      column->key = ColumnKey::kPrimary;
      return true;
    case K::kKey:
      Advance();
      column->key = ColumnKey::kPrimary;
      return true;
    case K::kUnique:
      Advance();
      Accept(K::kKey);
      column->key = ColumnKey::kUnique;
      return true;
    case K::kComment:
      Advance();
      column->comment = String();
      column->has_comment = true;
      return true;
    case K::kCollate:
      Advance();
      column->type.collation = CollationName();
      return true;
    case K::kGenerated:
    case K::kAs:
      ParseGenerated(column);
      return true;
    case K::kCharacter:
    case K::kCharset:
      if (Is(K::kCharacter) && !PeekIs(1, K::kSet)) return false;
      ParseCharsetAttributes(&column->type);
      return true;
    case K::kReferences:
      column->references = ParseReferences();
      return true;
    case K::kConstraint: {
      Advance();
      const std::string_view name = Is(K::kCheck) ? std::string_view() : Identifier();
      Add(&column->checks, ParseCheck(name));
      return true;
    }
    case K::kCheck:
      Add(&column->checks, ParseCheck({}));
      return true;
    case K::kVisible:
    case K::kInvisible:
      column->invisible = Is(K::kInvisible);
      column->visibility_written = true;
      Advance();
      return true;
    default:
      return ParseColumnPhysicalAttribute(column);
  }
}

bool Parser::ParseColumnPhysicalAttribute(ColumnDefinition* column) {
  switch (token_.keyword) {
    case K::kColumnFormat:
      Advance();
      if (!Is(K::kFixed) && !Is(K::kDynamic) && !Is(K::kDefault)) SyntaxError();
      column->column_format = InfoOf(token_.keyword).text;
      Advance();
      return true;
    case K::kStorage:
      Advance();
      if (!Is(K::kDisk) && !Is(K::kMemory) && !Is(K::kDefault)) SyntaxError();
      column->storage = InfoOf(token_.keyword).text;
      Advance();
      return true;
    case K::kEngineAttribute:
      Advance();
      SkipEqual();
      column->engine_attribute = String();
      return true;
    case K::kSecondaryEngineAttribute:
      Advance();
      SkipEqual();
      column->secondary_engine_attribute = String();
      return true;
    case K::kSrid:
      Advance();
      column->has_srid = true;
      column->srid = static_cast<uint32_t>(UnsignedInteger());
      return true;
    default:
      return false;
  }
}

CheckConstraint* Parser::ParseCheck(std::string_view name) {
  CheckConstraint* check = arena_->New<CheckConstraint>();
  check->name = name;
  Expect(K::kCheck);
  Expect(T::kLeftParen);
  check->expression = ParseExpr();
  Expect(T::kRightParen);
  if (Is(K::kNot) && PeekIs(1, K::kEnforced)) {
    Advance();
    Advance();
    check->enforced = false;
    check->enforced_written = true;
  } else if (Accept(K::kEnforced)) {
    check->enforced_written = true;
  }
  return check;
}

ReferenceAction Parser::ParseReferenceAction() {
  if (Accept(K::kRestrict)) return ReferenceAction::kRestrict;
  if (Accept(K::kCascade)) return ReferenceAction::kCascade;
  if (Accept(K::kNo)) {
    Expect(K::kAction);
    return ReferenceAction::kNoAction;
  }
  Expect(K::kSet);
  if (Accept(K::kNull)) return ReferenceAction::kSetNull;
  Expect(K::kDefault);
  return ReferenceAction::kSetDefault;
}

ForeignKeyReference* Parser::ParseReferences() {
  ForeignKeyReference* reference = arena_->New<ForeignKeyReference>();
  Expect(K::kReferences);
  reference->table = QualifiedName();
  if (Accept(T::kLeftParen)) {
    reference->columns = NameList();
    Expect(T::kRightParen);
  }
  if (Accept(K::kMatch)) {
    if (!Is(K::kFull) && !Is(K::kPartial) && !Is(K::kSimple)) SyntaxError();
    reference->match = InfoOf(token_.keyword).text;
    Advance();
  }
  while (Accept(K::kOn)) {
    const bool on_delete = Accept(K::kDelete);
    if (!on_delete) Expect(K::kUpdate);
    ReferenceAction& action = on_delete ? reference->on_delete : reference->on_update;
    if (action != ReferenceAction::kNotWritten) SyntaxError();
    action = ParseReferenceAction();
  }
  return reference;
}

KeyAlgorithm Parser::ParseKeyAlgorithm() {
  if (Accept(K::kBtree)) return KeyAlgorithm::kBtree;
  if (Accept(K::kHash)) return KeyAlgorithm::kHash;
  Expect(K::kRtree);
  return KeyAlgorithm::kRtree;
}

List<KeyPart> Parser::ParseKeyParts() {
  List<KeyPart> parts;
  Expect(T::kLeftParen);
  do {
    KeyPart part;
    if (Accept(T::kLeftParen)) {
      part.expression = ParseExpr();
      Expect(T::kRightParen);
    } else {
      part.column = Identifier();
      if (Accept(T::kLeftParen)) {
        part.prefix_length = static_cast<uint32_t>(UnsignedInteger());
        Expect(T::kRightParen);
      }
    }
    part.descending = Accept(K::kDesc);
    if (!part.descending) Accept(K::kAsc);
    Add(&parts, part);
  } while (Accept(T::kComma));
  Expect(T::kRightParen);
  return parts;
}

bool Parser::ParseKeyOption(KeyDefinition* key) {
  switch (token_.keyword) {
    case K::kKeyBlockSize:
      Advance();
      SkipEqual();
      key->key_block_size = UnsignedInteger();
      return true;
    case K::kUsing:
    case K::kType:
      Advance();
      key->algorithm = ParseKeyAlgorithm();
      return true;
    case K::kWith:
      Advance();
      Expect(K::kParser);
      key->parser = Identifier();
      return true;
    case K::kComment:
      Advance();
      key->comment = String();
      return true;
    case K::kVisible:
    case K::kInvisible:
      key->invisible = Is(K::kInvisible);
      key->visibility_written = true;
      Advance();
      return true;
    case K::kEngineAttribute:
      Advance();
      SkipEqual();
      key->engine_attribute = String();
      return true;
    case K::kSecondaryEngineAttribute:
      Advance();
      SkipEqual();
      key->secondary_engine_attribute = String();
      return true;
    default:
      return false;
  }
}

void Parser::ParseKeyOptions(KeyDefinition* key) {
  while (ParseKeyOption(key)) {
  }
}

// Behind the words that say what key it is: [name] [USING …] (parts) options.
KeyDefinition* Parser::ParseKeyBody(KeyDefinition* key) {
  if (IsIdentifier() && !(Is(K::kType) && !PeekIs(1, T::kLeftParen) && !PeekIs(1, K::kUsing))) {
    key->name = Identifier();
  }
  if (Is(K::kUsing) || Is(K::kType)) {
    Advance();
    key->algorithm = ParseKeyAlgorithm();
  }
  key->parts = ParseKeyParts();
  ParseKeyOptions(key);
  return key;
}

// False: a column begins here.
bool Parser::ParseTableConstraint(List<KeyDefinition*>* keys, List<CheckConstraint*>* checks) {
  bool has_name = false;
  std::string_view name;
  if (Accept(K::kConstraint)) {
    has_name = true;
    if (!Is(K::kPrimary) && !Is(K::kUnique) && !Is(K::kForeign) && !Is(K::kCheck)) {
      name = Identifier();
    }
  }
  if (Is(K::kCheck)) {
    Add(checks, ParseCheck(name));
    return true;
  }
  KeyDefinition* key = arena_->New<KeyDefinition>();
  key->has_constraint_name = has_name;
  key->constraint_name = name;
  if (Accept(K::kPrimary)) {
    Expect(K::kKey);
    key->type = KeyType::kPrimary;
    ParseKeyBody(key);
    key->name = {};
  } else if (Accept(K::kUnique)) {
    key->type = KeyType::kUnique;
    if (!Accept(K::kIndex)) Accept(K::kKey);
    ParseKeyBody(key);
  } else if (Accept(K::kForeign)) {
    Expect(K::kKey);
    key->type = KeyType::kForeign;
    if (IsIdentifier()) key->name = Identifier();
    key->parts = ParseKeyParts();
    if (!Is(K::kReferences)) SyntaxError();
    key->references = ParseReferences();
  } else if (has_name) {
    SyntaxError();
  } else if (Is(K::kFulltext) || Is(K::kSpatial)) {
    key->type = Is(K::kFulltext) ? KeyType::kFulltext : KeyType::kSpatial;
    Advance();
    if (!Accept(K::kIndex)) Accept(K::kKey);
    ParseKeyBody(key);
  } else if (Is(K::kIndex) || Is(K::kKey)) {
    Advance();
    ParseKeyBody(key);
  } else {
    return false;
  }
  Add(keys, key);
  return true;
}

// False: no table option here.
bool Parser::ParseTableOption(TableOption* option) {
  using O = TableOptionKind;
  const auto number = [&](O kind) {
    option->kind = kind;
    Advance();
    SkipEqual();
    option->integer = RoundedNumber();
    return true;
  };
  const auto number_or_default = [&](O kind) {
    option->kind = kind;
    Advance();
    SkipEqual();
    option->is_default = Accept(K::kDefault);
    if (!option->is_default) option->integer = RoundedNumber();
    return true;
  };
  const auto string = [&](O kind) {
    option->kind = kind;
    Advance();
    SkipEqual();
    option->text = String();
    return true;
  };
  const auto word = [&](O kind) {
    option->kind = kind;
    Advance();
    SkipEqual();
    option->text = Is(T::kString) ? String() : AnyWord();
    return true;
  };
  *option = TableOption();
  switch (token_.keyword) {
    case K::kEngine:
      return word(O::kEngine);
    case K::kAutoIncrement:
      return number(O::kAutoIncrement);
    case K::kAvgRowLength:
      return number(O::kAverageRowLength);
    case K::kChecksum:
    case K::kTableChecksum:
      return number(O::kChecksum);
    case K::kComment:
      return string(O::kComment);
    case K::kCompression:
      return string(O::kCompression);
    case K::kConnection:
      return string(O::kConnection);
    case K::kDelayKeyWrite:
      return number(O::kDelayKeyWrite);
    case K::kEncryption:
      return string(O::kEncryption);
    case K::kEngineAttribute:
      return string(O::kEngineAttribute);
    case K::kSecondaryEngineAttribute:
      return string(O::kSecondaryEngineAttribute);
    case K::kSecondaryEngine:
      return word(O::kSecondaryEngine);
    case K::kInsertMethod:
      return word(O::kInsertMethod);
    case K::kKeyBlockSize:
      return number(O::kKeyBlockSize);
    case K::kMaxRows:
      return number(O::kMaxRows);
    case K::kMinRows:
      return number(O::kMinRows);
    case K::kPackKeys:
      return number_or_default(O::kPackKeys);
    case K::kPassword:
      return string(O::kPassword);
    case K::kRowFormat:
      return word(O::kRowFormat);
    case K::kStatsAutoRecalc:
      return number_or_default(O::kStatsAutoRecalc);
    case K::kStatsPersistent:
      return number_or_default(O::kStatsPersistent);
    case K::kStatsSamplePages:
      return number_or_default(O::kStatsSamplePages);
    case K::kTablespace:
      return word(O::kTablespace);
    case K::kStorage:
      return word(O::kStorage);
    case K::kAutoextendSize: {
      option->kind = O::kAutoextendSize;
      Advance();
      SkipEqual();
      option->text = lexer_.TextOf(token_);
      if (!Is(T::kInteger) && !IsIdentifier()) SyntaxError();
      Advance();
      return true;
    }
    case K::kStart:
      option->kind = O::kStartTransaction;
      Advance();
      Expect(K::kTransaction);
      return true;
    case K::kUnion:
      option->kind = O::kUnionTables;
      Advance();
      SkipEqual();
      Expect(T::kLeftParen);
      if (!Is(T::kRightParen)) {
        do {
          Add(&option->tables, QualifiedName());
        } while (Accept(T::kComma));
      }
      Expect(T::kRightParen);
      return true;
    case K::kData:
    case K::kIndex:
      option->kind = Is(K::kData) ? O::kDataDirectory : O::kIndexDirectory;
      Advance();
      Expect(K::kDirectory);
      SkipEqual();
      option->text = String();
      return true;
    case K::kDefault:
    case K::kCharset:
    case K::kCharacter:
    case K::kChar:
    case K::kCollate:
      Accept(K::kDefault);
      if (Accept(K::kCollate)) {
        option->kind = O::kCollation;
        SkipEqual();
        option->text = CollationName();
        return true;
      }
      option->kind = O::kCharset;
      if (!Accept(K::kCharset)) {
        if (!Accept(K::kChar)) Expect(K::kCharacter);
        Expect(K::kSet);
      }
      SkipEqual();
      option->is_default = Accept(K::kDefault);
      if (!option->is_default) option->text = CharsetName();
      return true;
    default:
      return false;
  }
}

// The list in parentheses, behind '('.
void Parser::ParseCreateTableBody(CreateTableStatement* create) {
  do {
    if (ParseTableConstraint(&create->keys, &create->checks)) continue;
    ColumnDefinition* column = ParseColumnDefinition();
    Add(&create->columns, column);
  } while (Accept(T::kComma));
  Expect(T::kRightParen);
}

// At TABLE.
Statement* Parser::ParseCreateTable(bool temporary) {
  CreateTableStatement* create = New<CreateTableStatement>();
  create->temporary = temporary;
  Expect(K::kTable);
  create->if_not_exists = AcceptIfNotExists();
  create->name = QualifiedName();
  if (Accept(K::kLike)) {
    create->is_like = true;
    create->like = QualifiedName();
    return Finish(create);
  }
  bool query_only = false;
  if (Is(T::kLeftParen)) {
    size_t depth = 1;
    while (depth < 7 && PeekIs(depth, T::kLeftParen)) ++depth;
    const K word = Peek(depth).keyword;
    query_only = word == K::kSelect || word == K::kWith || word == K::kTable || word == K::kValues;
    if (!query_only) {
      Advance();
      if (Accept(K::kLike)) {
        create->is_like = true;
        create->like = QualifiedName();
        Expect(T::kRightParen);
        return Finish(create);
      }
      ParseCreateTableBody(create);
    }
  }
  if (!query_only) {
    TableOption option;
    while (ParseTableOption(&option)) {
      Add(&create->options, option);
      Accept(T::kComma);
    }
    if (Is(K::kPartition)) create->partitioning = ParsePartitionBy();
    if (Accept(K::kReplace)) {
      create->duplicates = DuplicateHandling::kReplace;
    } else if (Accept(K::kIgnore)) {
      create->duplicates = DuplicateHandling::kIgnore;
    }
  }
  const bool as = Accept(K::kAs);
  if (as || StartsQuery() || Is(T::kLeftParen)) create->query = ParseQuery();
  return Finish(create);
}

}  // namespace sixfold::sql
