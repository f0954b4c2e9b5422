// Statements of every kind, for tests that want to try them all.
#pragma once

#include <string_view>

namespace sixfold::sql {

inline constexpr std::string_view kTestCorpus[] = {
    "select distinct sql_calc_found_rows a.*, b.c d, 'x' from db.a, b where a.id = ?",
    "select case a when 1 then 'x' else null end, case when b then c end from t",
    "select * from t1 natural left join t2 cross join t3 straight_join t4 on t4.a = t1.a",
    "select * from (select 1 as a union select 2) d (x), lateral (select d.x + 1) e",
    "select * from t partition (p0, p1) as x use index for join (i, primary) force key (j)",
    "select a, count(distinct b, c), sum(all d) from t group by a, b with rollup having count(*) > "
    "1",
    "select rank() over (partition by a order by b desc rows between 1 preceding and current row), "
    "lag(a, 1, 0) over w, first_value(a) over (w range unbounded preceding) from t window w as "
    "(order by c)",
    "with recursive r (n) as (select 1 union all select n + 1 from r where n < 10), s as (select "
    "2) "
    "select * from r join s order by n limit 5",
    "select a from t where (a, b) in ((1, 2), (3, 4)) and c not in (select d from u) and exists "
    "(select 1 from v) or e = any (select f from w) and g >= all (table x)",
    "select a from t where b like 'x%' escape '!' and c not like d and e rlike 'f' and g sounds "
    "like h and i is not unknown and j is not null and k not between 1 and 2",
    "select 1 from dual where true for update of t nowait",
    "select a into @x, @y from t limit 1 for share skip locked",
    "select a into outfile '/tmp/x' character set utf8mb4 fields terminated by ',' optionally "
    "enclosed by '\"' lines terminated by '\\n' from t",
    "select cast(a as decimal(10,2)), cast(b as char(5) charset latin1), convert(c, signed), "
    "convert(d using utf8mb4), cast(e as datetime(3)), cast(f as unsigned array)",
    "select extract(day_hour from a), trim(leading 'x' from b), trim(c), substring(d, 2), "
    "char(65, 66 using ascii), weight_string(e as char(3)), get_format(date, 'USA')",
    "select @@global.max_connections, @@session.sql_mode, @@autocommit, @a, @'b c', @`d`",
    "select match (a, b) against ('x' in boolean mode), json_value(a, '$.b' returning unsigned "
    "default 0 on empty error on error), 1 member of ('[1]'), values(c), default(d)",
    "select * from json_table('[]', '$[*]' columns (id for ordinality, a int path '$.a' default "
    "'1' "
    "on empty null on error, nested path '$.b[*]' columns (c json exists path '$.c'))) as jt",
    "select date '2020-01-01', time'10:00:00', timestamp '2020-01-01 00:00:00', x'4142', b'101', "
    "0x4d, _utf8mb4 x'41', N'y', 1.50, 1e10, .5",
    "select -1, ~2, !3, - -4, +5, 6 % 7, 8 mod 9, 10 div 11, 1 <=> null, 1 <> 2, 3 != 4",
    "values row(1, 2), row(3, default) union table t order by 1",
    "(select 1) intersect all (select 2 order by 1 limit 1) except select 3 limit 2",
    "insert low_priority ignore into db.t partition (p) (a, b) values (1, default), (2, f(3)) as n "
    "(x, y) on duplicate key update a = n.x, b = values(b) + 1",
    "insert into t set a = 1, b = default",
    "insert into t () values ()",
    "insert into t (a) select b from u on duplicate key update a = a + 1",
    "replace delayed into t values (1)",
    "replace t (a) table u",
    "update low_priority ignore t set a = a + 1, b = default where c order by d desc limit 3",
    "update t1 join t2 on t1.a = t2.a set t1.b = t2.b, t2.c = 3",
    "with c as (select 1) update t, c set a = 1",
    "delete quick from t as x where a = 1 order by b limit 2",
    "delete t1, db.t2.* from t1 join t2 on t1.a = t2.a where t2.b",
    "delete from t1, t2 using t1 join t2 where t1.a = t2.a",
    "load data local infile 'x' replace into table t character set utf8mb4 fields terminated by "
    "';' "
    "enclosed by '\"' escaped by '' lines starting by '>' terminated by '\\r\\n' ignore 1 lines "
    "(a, @b) set c = @b + 1",
    "call p(1, @x)",
    "do sleep(0), 1",
    "start transaction with consistent snapshot, read only",
    "begin work",
    "commit and no chain release",
    "rollback to savepoint s",
    "savepoint `a b`",
    "release savepoint s",
    "set session transaction isolation level read committed, read only",
    "lock tables a as x read local, db.b write",
    "unlock tables",
    "reset persist",
    "reset persist if exists max_connections",
    "set persist_only back_log = 100, @@persist.wait_timeout = default",
    "xa start 'a', 'b', 3 join",
    "xa commit 'a' one phase",
    "prepare s from 'select ?'",
    "execute s using @a, @b",
    "deallocate prepare s",
    "create database if not exists d character set = utf8mb4 collate utf8mb4_bin",
    "alter database d default collate latin1_bin read only = 1",
    "drop schema if exists d",
    "create temporary table if not exists db.t (id bigint unsigned not null auto_increment primary "
    "key, a varchar(10) character set latin1 collate latin1_bin default 'x' comment 'c', b "
    "decimal(10,2) zerofill default -1.5 check (b > 0) not enforced, c timestamp(3) null default "
    "current_timestamp(3) on update current_timestamp(3), d int generated always as (a + 1) stored "
    "unique, e enum('x', 'y') invisible, f json default (json_array()), g point srid 4326, h "
    "serial, "
    "key k using btree (a(5) desc, (b + 1)) comment 'k' invisible, unique u (c), fulltext ft (a) "
    "with parser ngram, spatial key sp (g), constraint fk foreign key fi (b) references p (x, y) "
    "on "
    "delete set null on update no action, constraint ck check (a <> '')) engine = InnoDB, "
    "auto_increment 5 default charset utf8mb4 row_format=dynamic comment='t' "
    "stats_persistent=default",
    "create table t like u",
    "create table t (a int, key (a)) replace as select 1 as a union select 2",
    "create table t (a int, b date) partition by range (year(b)) subpartition by hash (a) "
    "subpartitions 2 (partition p0 values less than (1990) engine = InnoDB comment = 'x', "
    "partition "
    "p1 values less than maxvalue)",
    "create table t (a int, b int) partition by list columns (a, b) (partition p values in ((1, "
    "2), "
    "(3, maxvalue)))",
    "create table t (a int) partition by linear key algorithm = 2 (a) partitions 4",
    "alter table t add column a int first, add (b int, c int), add key k (a), change d e int after "
    "a, "
    "modify f text, drop column g, alter column h set default (1 + 1), alter i drop default, "
    "rename "
    "column j to l, rename index m to n, drop primary key, drop foreign key o, drop check p, alter "
    "check q not enforced, alter index r invisible, rename to db.s, engine innodb comment 'x', "
    "convert "
    "to character set utf8mb4 collate utf8mb4_bin, algorithm = inplace, lock none",
    "alter table t add partition (partition p2 values less than (3))",
    "alter table t exchange partition p with table u without validation",
    "alter table t reorganize partition a, b into (partition c values in (1, 2))",
    "alter table t remove partitioning",
    "alter table t force partition by hash (a) partitions 3",
    "drop temporary table if exists a, b.c restrict",
    "truncate db.t",
    "rename table a to b, c.d to e.f",
    "create unique index i using hash on t (a(3), b desc) key_block_size = 8 algorithm = copy",
    "drop index `PRIMARY` on t lock = shared",
    "create or replace algorithm = merge definer = 'a'@'b' sql security invoker view v (x) as "
    "select "
    "a from t with local check option",
    "alter view v as select 1",
    "drop view if exists v, w cascade",
    "create definer = current_user procedure p (in a int, out b int) begin declare c int; if a "
    "then "
    "set b = 1; end if; end",
    "create trigger t before insert on u for each row set new.a = 1",
    "create event e on schedule every 1 day do delete from t",
    "alter procedure p comment 'x'",
    "drop function if exists db.f",
    "set @a = 1, global max_connections = 10, @@session.sql_mode = default, names utf8mb4 collate "
    "utf8mb4_bin, autocommit = on",
    "set character set utf8mb4",
    "set password for 'a'@'b' = 'c' retain current password",
    "set role all except a, b",
    "set default role none to u",
    "show full tables from d like 'x%'",
    "show extended full columns from t from d where field = 'a'",
    "show create table db.t",
    "show global variables like 'a'",
    "show count(*) warnings",
    "show grants for u@h using r",
    "show engine innodb status",
    "show warnings limit 1, 2",
    "show index in t",
    "describe t `c%`",
    "explain analyze select 1",
    "explain format = json delete from t",
    "explain for connection 5",
    "use d",
    "kill query 5",
    "flush no_write_to_binlog tables a, b with read lock",
    "flush privileges, status",
    "analyze table t update histogram on a, b with 10 buckets",
    "check table t for upgrade quick",
    "optimize local table a, b",
    "help 'select'",
    "create user if not exists 'a'@'%' identified with 'caching_sha2_password' by 'p' default role "
    "r "
    "require cipher 'c' and issuer 'i' with max_user_connections 5 password expire interval 3 day "
    "password history default failed_login_attempts 3 password_lock_time unbounded account lock "
    "comment 'x'",
    "alter user if exists u identified by 'p' replace 'q', v discard old password password expire",
    "drop user if exists a, b@c",
    "rename user a to b@c",
    "create role if not exists r",
    "drop role r",
    "grant select (a, b), insert, create temporary tables on db.* to u@h with grant option",
    "grant all on *.* to u",
    "grant backup_admin on *.* to u",
    "grant execute on procedure db.p to u",
    "grant r, s@t to u with admin option",
    "grant proxy on a to b",
    "revoke if exists update on t from u ignore unknown user",
    "revoke all privileges, grant option from a, b",
    "signal sqlstate '45000' set message_text = 'x', mysql_errno = 5",
    "resignal",
    "get stacked diagnostics condition 1 @a = message_text, @b = returned_sqlstate",
    "alter system crash dispatcher",
    "alter system simulate 25 percent disk congestion between 10 and 20.5 milliseconds in disk 3 "
    "for "
    "interval 5 minute",
    "alter system simulate 50 percent read replica failure to \"r\" for interval 1 hour",
    "handler t read first",
    "shutdown",
};

}  // namespace sixfold::sql
