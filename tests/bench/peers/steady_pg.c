/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL for steady.h: bench_steady_pg SOCKET_DIR WRITER_PORT PEER_PORT PEER_PORT
 * ... */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/steady.h"

static const char *directory;
static const char *ports[3];
static unsigned run;

static void *connect_to(int where)
{
	char text[512];
	PGconn *connection;

	snprintf(text, sizeof(text), "host=%s port=%s user=postgres dbname=postgres",
		directory, ports[where]);
	connection = PQconnectdb(text);
	if (PQstatus(connection) != CONNECTION_OK) {
		steady_die("connect", PQerrorMessage(connection));
	}
	return connection;
}

static PGresult *ask(PGconn *connection, const char *sql, ExecStatusType expected)
{
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != expected) {
		steady_die(sql, PQerrorMessage(connection));
	}
	return result;
}

static void put(void *connection, unsigned number)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		"INSERT INTO people VALUES ('KAZ-B-%05u-%u', 'S%05u%u', 'BENCH', "
		"'1990-01-01', repeat('x', 200))",
		run, number, run, number);
	PQclear(ask(connection, sql, PGRES_COMMAND_OK));
}

static bool found(void *connection, unsigned number)
{
	char sql[256];
	PGresult *result;
	bool hit;

	snprintf(sql, sizeof(sql), "SELECT id FROM people WHERE number = 'S%05u%u'",
		run, number);
	result = ask(connection, sql, PGRES_TUPLES_OK);
	hit = PQntuples(result) == 1;
	PQclear(result);
	return hit;
}

int main(int argc, char **argv)
{
	static const struct steady_ops ops = {
		.name = "PostgreSQL", .connect = connect_to, .put = put, .found = found
	};

	if (argc < 5) {
		fputs("usage: bench_steady_pg DIR PORT PORT PORT [RATE [SECONDS]]\n",
			stderr);
		return 2;
	}
	directory = argv[1];
	memcpy(ports, argv + 2, sizeof(ports));
	run = (unsigned)(time(NULL) % 100000);
	return steady_main(&ops, argc - 4, argv + 4);
}
