// An application on MySQL Connector/C++, run by the story in clients.py against a live endpoint.
//
// usage: connector_client PORT USER PASSWORD
// Works in its own database, drops it at the end. Exit status 0 and a line "ok", or 1 and the line
// that failed.
#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/metadata.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include <cstdio>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using Connection = std::unique_ptr<sql::Connection>;

void Expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

template <typename A, typename B>
void ExpectEqual(const A& got, const B& want, const std::string& what) {
  std::ostringstream text;
  text << what << ": got " << got << ", want " << want;
  Expect(got == want, text.str());
}

void Run(sql::Connection& connection, const std::string& text) {
  std::unique_ptr<sql::Statement>(connection.createStatement())->execute(text);
}

long long One(sql::Connection& connection, const std::string& text) {
  std::unique_ptr<sql::Statement> statement(connection.createStatement());
  std::unique_ptr<sql::ResultSet> rows(statement->executeQuery(text));
  Expect(rows->next(), text + ": no row");
  return rows->getInt64(1);
}

void PreparedRowsComeBack(sql::Connection& connection) {
  Run(connection,
      "CREATE TABLE person (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) NOT NULL, born "
      "DATE, weight DOUBLE, "
      "pay DECIMAL(12,2), big BIGINT UNSIGNED, photo LONGBLOB)");
  std::unique_ptr<sql::PreparedStatement> insert(connection.prepareStatement(
      "INSERT INTO person (name, born, weight, pay, big, photo) VALUES (?, ?, ?, ?, ?, ?)"));
  std::string bytes(300000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
  std::istringstream photo(bytes);
  insert->setString(1, "Zoë O'Hara");
  insert->setDateTime(2, "1999-12-31");
  insert->setDouble(3, 61.25);
  insert->setString(4, "1234567890.12");
  insert->setUInt64(5, 18446744073709551615ULL);
  insert->setBlob(6, &photo);
  ExpectEqual(insert->executeUpdate(), 1, "rows inserted");
  std::unique_ptr<sql::PreparedStatement> select(connection.prepareStatement(
      "SELECT id, name, born, weight, pay, big, photo FROM person WHERE name = ?"));
  select->setString(1, "Zoë O'Hara");
  std::unique_ptr<sql::ResultSet> rows(select->executeQuery());
  Expect(rows->next(), "the row inserted is not found");
  ExpectEqual(rows->getInt("id"), 1, "id");
  ExpectEqual(rows->getString("born").asStdString(), "1999-12-31", "born");
  ExpectEqual(rows->getDouble("weight"), 61.25L, "weight");
  ExpectEqual(rows->getString("pay").asStdString(), "1234567890.12", "pay");
  ExpectEqual(rows->getUInt64("big"), 18446744073709551615ULL, "big");
  Expect(rows->getString("photo").asStdString() == bytes, "the blob differs");
  Expect(!rows->next(), "a second row");
  ExpectEqual(rows->getMetaData()->getColumnTypeName(5).asStdString(), "DECIMAL", "type of pay");
}

void TransactionsHold(sql::Connection& connection) {
  Run(connection, "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
  Run(connection, "INSERT INTO account VALUES (1, 100), (2, 0)");
  connection.setAutoCommit(false);
  Run(connection, "UPDATE account SET balance = balance - 30 WHERE id = 1");
  std::unique_ptr<sql::Savepoint> halfway(connection.setSavepoint("halfway"));
  Run(connection, "UPDATE account SET balance = balance + 999 WHERE id = 2");
  connection.rollback(halfway.get());
  Run(connection, "UPDATE account SET balance = balance + 30 WHERE id = 2");
  connection.commit();
  Run(connection, "DELETE FROM account");
  connection.rollback();
  connection.setAutoCommit(true);
  ExpectEqual(One(connection, "SELECT SUM(balance) FROM account"), 100, "sum of balances");
  ExpectEqual(One(connection, "SELECT balance FROM account WHERE id = 2"), 30, "balance of 2");
}

void ErrorsCarryMySqlsNumbers(sql::Connection& connection) {
  try {
    Run(connection, "INSERT INTO account VALUES (1, 5)");
    throw std::runtime_error("a duplicate key was accepted");
  } catch (const sql::SQLException& error) {
    ExpectEqual(error.getErrorCode(), 1062, "error number");
    ExpectEqual(error.getSQLState(), "23000", "SQLSTATE");
  }
  try {
    Run(connection, "SELECT nonsense FROM account");
    throw std::runtime_error("an unknown column was accepted");
  } catch (const sql::SQLException& error) {
    ExpectEqual(error.getErrorCode(), 1054, "error number");
  }
}

void MetadataNamesTheTable(sql::Connection& connection, const std::string& schema) {
  std::unique_ptr<sql::ResultSet> columns(
      connection.getMetaData()->getColumns("", schema, "person", "%"));
  int count = 0;
  while (columns->next()) ++count;
  ExpectEqual(count, 7, "columns of person");
  std::unique_ptr<sql::ResultSet> keys(
      connection.getMetaData()->getPrimaryKeys("", schema, "person"));
  Expect(keys->next(), "no primary key reported");
  ExpectEqual(keys->getString("COLUMN_NAME").asStdString(), "id", "primary key");
}

void Play(const std::string& port, const std::string& user, const std::string& password) {
  const std::string schema = "connector_cpp";
  Connection connection(get_driver_instance()->connect("tcp://127.0.0.1:" + port, user, password));
  Run(*connection, "DROP DATABASE IF EXISTS " + schema);
  Run(*connection, "CREATE DATABASE " + schema);
  connection->setSchema(schema);
  PreparedRowsComeBack(*connection);
  TransactionsHold(*connection);
  ErrorsCarryMySqlsNumbers(*connection);
  MetadataNamesTheTable(*connection, schema);
  Run(*connection, "DROP DATABASE " + schema);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s PORT USER PASSWORD\n", argv[0]);
    return 2;
  }
  try {
    Play(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::printf("failed: %s\n", error.what());
    return 1;
  }
  std::printf("ok\n");
  return 0;
}
