// ALTER TABLE.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

// ALGORITHM [=] a, LOCK [=] l. False: neither.
bool Parser::ParseAlgorithmOrLock(DdlAlgorithm* algorithm, DdlLock* lock) {
  if (Accept(K::kAlgorithm)) {
    SkipEqual();
    const std::string_view word = Upper(AnyWord());
    if (word == "DEFAULT") {
      *algorithm = DdlAlgorithm::kDefault;
    } else if (word == "INSTANT") {
      *algorithm = DdlAlgorithm::kInstant;
    } else if (word == "INPLACE") {
      *algorithm = DdlAlgorithm::kInplace;
    } else if (word == "COPY") {
      *algorithm = DdlAlgorithm::kCopy;
    } else {
      SyntaxError();
    }
    return true;
  }
  if (Accept(K::kLock)) {
    SkipEqual();
    const std::string_view word = Upper(AnyWord());
    if (word == "DEFAULT") {
      *lock = DdlLock::kDefault;
    } else if (word == "NONE") {
      *lock = DdlLock::kNone;
    } else if (word == "SHARED") {
      *lock = DdlLock::kShared;
    } else if (word == "EXCLUSIVE") {
      *lock = DdlLock::kExclusive;
    } else {
      SyntaxError();
    }
    return true;
  }
  return false;
}

// At TABLE.
Statement* Parser::ParseAlterTable() {
  AlterTableStatement* alter = New<AlterTableStatement>();
  Expect(K::kTable);
  alter->name = QualifiedName();
  if (AtEnd()) return Finish(alter);
  do {
    if (Is(K::kPartition)) break;
    ParseAlterItem(alter);
  } while (Accept(T::kComma) || (!AtEnd() && (Is(K::kPartition) || Is(K::kRemove))));
  if (Is(K::kPartition)) {
    AlterItem* item = arena_->New<AlterItem>();
    item->action = AlterAction::kPartitionBy;
    item->partitioning = ParsePartitionBy();
    Add(&alter->items, item);
  }
  return Finish(alter);
}

void Parser::ParseColumnPosition(AlterItem* item) {
  if (Accept(K::kFirst)) {
    item->first = true;
  } else if (Accept(K::kAfter)) {
    item->after = Identifier();
  }
}

void Parser::ParseAlterItem(AlterTableStatement* alter) {
  if (ParseAlgorithmOrLock(&alter->algorithm, &alter->lock)) return;
  AlterItem* item = arena_->New<AlterItem>();
  const auto simple = [&](AlterAction action) {
    item->action = action;
    Advance();
  };
  switch (token_.keyword) {
    case K::kAdd:
      Advance();
      if (Is(K::kPartition)) {
        ParseAlterPartition(item);
      } else {
        ParseAlterAdd(item);
      }
      break;
    case K::kChange:
      simple(AlterAction::kChangeColumn);
      Accept(K::kColumn);
      item->old_name = Identifier();
      item->column = ParseColumnDefinition();
      ParseColumnPosition(item);
      break;
    case K::kModify:
      simple(AlterAction::kModifyColumn);
      Accept(K::kColumn);
      item->column = ParseColumnDefinition();
      ParseColumnPosition(item);
      break;
    case K::kDrop:
      Advance();
      ParseAlterDrop(item);
      break;
    case K::kAlter:
      Advance();
      ParseAlterAlter(item);
      break;
    case K::kRename:
      Advance();
      ParseAlterRename(item);
      break;
    case K::kDisable:
      simple(AlterAction::kDisableKeys);
      Expect(K::kKeys);
      break;
    case K::kEnable:
      simple(AlterAction::kEnableKeys);
      Expect(K::kKeys);
      break;
    case K::kConvert:
      simple(AlterAction::kConvertCharset);
      Expect(K::kTo);
      if (!Accept(K::kCharset)) {
        if (!Accept(K::kChar)) Expect(K::kCharacter);
        Expect(K::kSet);
      }
      if (!Accept(K::kDefault)) item->charset = CharsetName();
      if (Accept(K::kCollate)) item->collation = CollationName();
      break;
    case K::kForce:
      simple(AlterAction::kForce);
      break;
    case K::kOrder:
      simple(AlterAction::kOrderBy);
      Expect(K::kBy);
      item->order_by = ParseOrderList();
      break;
    case K::kWith:
    case K::kWithout:
      item->flag = Is(K::kWith);
      simple(AlterAction::kWithValidation);
      Expect(K::kValidation);
      break;
    case K::kSecondaryLoad:
    case K::kSecondaryUnload:
      item->flag = Is(K::kSecondaryLoad);
      simple(AlterAction::kSecondaryLoad);
      break;
    case K::kDiscard:
    case K::kImport:
      if (PeekIs(1, K::kTablespace)) {
        simple(Is(K::kDiscard) ? AlterAction::kDiscardTablespace : AlterAction::kImportTablespace);
        Advance();
        break;
      }
      [[fallthrough]];
    default:
      if (ParseAlterPartition(item)) break;
      item->action = AlterAction::kOption;
      if (!ParseTableOption(&item->option)) SyntaxError();
      Add(&alter->items, item);
      // Options may follow one another without commas.
      while (true) {
        AlterItem* next = arena_->New<AlterItem>();
        next->action = AlterAction::kOption;
        if (!ParseTableOption(&next->option)) return;
        Add(&alter->items, next);
      }
  }
  Add(&alter->items, item);
}

// Behind ADD.
void Parser::ParseAlterAdd(AlterItem* item) {
  List<KeyDefinition*> keys;
  List<CheckConstraint*> checks;
  if (!Is(K::kColumn) && ParseTableConstraint(&keys, &checks)) {
    if (keys.empty()) {
      item->action = AlterAction::kAddCheck;
      item->check = checks[0];
    } else {
      item->action = AlterAction::kAddKey;
      item->key = keys[0];
    }
    return;
  }
  Accept(K::kColumn);
  if (Accept(T::kLeftParen)) {
    item->action = AlterAction::kAddColumns;
    do {
      if (!ParseTableConstraint(&item->keys, &item->checks)) {
        Add(&item->columns, ParseColumnDefinition());
      }
    } while (Accept(T::kComma));
    Expect(T::kRightParen);
    return;
  }
  item->action = AlterAction::kAddColumn;
  item->column = ParseColumnDefinition();
  ParseColumnPosition(item);
}

// Behind DROP.
void Parser::ParseAlterDrop(AlterItem* item) {
  const auto named = [&](AlterAction action) {
    item->action = action;
    Advance();
    item->old_name = Identifier();
  };
  switch (token_.keyword) {
    case K::kPrimary:
      item->action = AlterAction::kDropPrimaryKey;
      Advance();
      Expect(K::kKey);
      return;
    case K::kForeign:
      Advance();
      if (!Is(K::kKey)) SyntaxError();
      named(AlterAction::kDropForeignKey);
      return;
    case K::kIndex:
    case K::kKey:
      named(AlterAction::kDropKey);
      return;
    case K::kCheck:
      named(AlterAction::kDropCheck);
      return;
    case K::kConstraint:
      named(AlterAction::kDropConstraint);
      return;
    case K::kPartition:
      item->action = AlterAction::kDropPartition;
      Advance();
      item->partitions = NameList();
      return;
    case K::kColumn:
      named(AlterAction::kDropColumn);
      break;
    default:
      item->action = AlterAction::kDropColumn;
      item->old_name = Identifier();
      break;
  }
  if (!Accept(K::kRestrict)) Accept(K::kCascade);
}

// Behind ALTER.
void Parser::ParseAlterAlter(AlterItem* item) {
  if (Is(K::kIndex)) {
    item->action = AlterAction::kAlterIndexVisibility;
    Advance();
    item->old_name = Identifier();
    item->flag = Accept(K::kVisible);
    if (!item->flag) Expect(K::kInvisible);
    return;
  }
  if (Is(K::kCheck) || Is(K::kConstraint)) {
    item->action = AlterAction::kAlterCheck;
    Advance();
    item->old_name = Identifier();
    item->flag = !Accept(K::kNot);
    Expect(K::kEnforced);
    return;
  }
  Accept(K::kColumn);
  item->old_name = Identifier();
  if (Accept(K::kDrop)) {
    Expect(K::kDefault);
    item->action = AlterAction::kAlterColumnDefault;
    return;
  }
  Expect(K::kSet);
  if (Is(K::kVisible) || Is(K::kInvisible)) {
    item->action = AlterAction::kAlterColumnVisibility;
    item->flag = Is(K::kVisible);
    Advance();
    return;
  }
  Expect(K::kDefault);
  item->action = AlterAction::kAlterColumnDefault;
  item->default_value = ParseDefaultValue(&item->default_is_expression);
}

// Behind RENAME.
void Parser::ParseAlterRename(AlterItem* item) {
  if (Is(K::kColumn) || Is(K::kIndex) || Is(K::kKey)) {
    item->action = Is(K::kColumn) ? AlterAction::kRenameColumn : AlterAction::kRenameKey;
    Advance();
    item->old_name = Identifier();
    Expect(K::kTo);
    item->new_name = Identifier();
    return;
  }
  item->action = AlterAction::kRenameTable;
  if (!Accept(T::kEqual) && !Accept(K::kTo)) Accept(K::kAs);
  item->table = QualifiedName();
}

void Parser::ParsePartitionNames(AlterItem* item) {
  Expect(K::kPartition);
  if (Is(K::kNoWriteToBinlog) || Is(K::kLocal)) Advance();
  item->all_partitions = Accept(K::kAll);
  if (!item->all_partitions) item->partitions = NameList();
}

// At the word of the action, or at PARTITION behind ADD. False: no action on partitions.
bool Parser::ParseAlterPartition(AlterItem* item) {
  switch (token_.keyword) {
    case K::kPartition:
      item->action = AlterAction::kAddPartition;
      Advance();
      if (Is(K::kNoWriteToBinlog) || Is(K::kLocal)) Advance();
      if (Accept(K::kPartitions)) {
        item->partition_count = UnsignedInteger();
      } else {
        item->partition_definitions = ParsePartitionDefinitions();
      }
      return true;
    case K::kRemove:
      item->action = AlterAction::kRemovePartitioning;
      Advance();
      Expect(K::kPartitioning);
      return true;
    case K::kTruncate:
      item->action = AlterAction::kTruncatePartition;
      Advance();
      ParsePartitionNames(item);
      return true;
    case K::kCoalesce:
      item->action = AlterAction::kCoalescePartition;
      Advance();
      Expect(K::kPartition);
      if (Is(K::kNoWriteToBinlog) || Is(K::kLocal)) Advance();
      item->partition_count = UnsignedInteger();
      return true;
    case K::kReorganize:
      item->action = AlterAction::kReorganizePartition;
      Advance();
      Expect(K::kPartition);
      if (Is(K::kNoWriteToBinlog) || Is(K::kLocal)) Advance();
      if (IsIdentifier()) {
        item->partitions = NameList();
        Expect(K::kInto);
        item->partition_definitions = ParsePartitionDefinitions();
      }
      return true;
    case K::kExchange:
      item->action = AlterAction::kExchangePartition;
      Advance();
      Expect(K::kPartition);
      Add(&item->partitions, Identifier());
      Expect(K::kWith);
      Expect(K::kTable);
      item->table = QualifiedName();
      item->flag = true;
      if (Is(K::kWith) || Is(K::kWithout)) {
        item->flag = Is(K::kWith);
        Advance();
        Expect(K::kValidation);
      }
      return true;
    case K::kAnalyze:
    case K::kCheck:
    case K::kOptimize:
    case K::kRebuild:
    case K::kRepair:
    case K::kDiscard:
    case K::kImport:
      item->action = AlterAction::kMaintainPartition;
      item->new_name = InfoOf(token_.keyword).text;
      Advance();
      ParsePartitionNames(item);
      if (Accept(K::kTablespace)) return true;
      while (Accept(K::kQuick) || Accept(K::kFast) || Accept(K::kMedium) || Accept(K::kExtended) ||
             Accept(K::kChanged) || Accept(K::kUseFrm)) {
      }
      if (Accept(K::kFor)) Expect(K::kUpgrade);
      return true;
    default:
      return false;
  }
}

}  // namespace sixfold::sql
