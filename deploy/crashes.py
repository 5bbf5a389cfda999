#!/usr/bin/env python3
"""Kills, cuts and fills what the service stands on while eight clients write, and counts what was lost.

    deploy/crashes.py [--danvan target/release/danvan] [--seconds 20] [experiment ...]

Needs PostgreSQL's programs (PG_BIN, or those of the system) and nothing else; the full disk needs root, for a small file system
of its own. Each experiment prints a line; the end is 1 when one of them did not hold. docs/findings.md says what they stand for.

Clients choose the ids of what they make and ask again until they are answered, as phones do. Then: what was acknowledged is there
(lost), nothing is there twice (double) or was never asked for (phantom), a copy kept by `/v1/sync` is complete (missed), the sums
are right and the journal's chain holds.
"""
import argparse
import glob
import http.client
import json
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

POSTGRES = 'postgres' if os.geteuid() == 0 else None  # the server refuses root
LIMIT = 5.5  # seconds: no request waits above five
READY_LIMIT = 1.5


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Cluster:
    """A PostgreSQL server in a folder."""

    def __init__(self, folder, wal=None):
        self.data, self.port, self.wal = pathlib.Path(folder) / 'data', free_port(), wal

    def tool(self, name, *args, check=True, **more):
        return subprocess.run([BIN / name, *map(str, args)], user=POSTGRES, check=check, text=True, capture_output=True, cwd='/', **more)

    def init(self):
        if POSTGRES:
            shutil.chown(self.data.parent, POSTGRES)
        self.tool('initdb', '-D', self.data, '-U', 'owner', '-A', 'trust', '--locale=C.UTF-8', '-E', 'UTF8', *(['-X', self.wal] if self.wal else []))
        return self

    def copy_of(self, primary):
        if POSTGRES:
            shutil.chown(self.data.parent, POSTGRES)
        self.tool('pg_basebackup', '-D', self.data, '-h', '127.0.0.1', '-p', primary.port, '-U', 'owner', '-R')
        return self

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k '' -c max_connections=200"
        # Its output goes to the log alone: a pipe would be held open by the server.
        subprocess.run([BIN / 'pg_ctl', '-D', self.data, '-l', self.data.parent / 'log', '-w', '-o', options, 'start'], user=POSTGRES, check=True, stdout=subprocess.DEVNULL, cwd='/')
        return self

    def stop(self, mode='immediate'):
        self.tool('pg_ctl', '-D', self.data, '-m', mode, '-w', 'stop', check=False)

    def sql(self, text, database='danvan', check=True):
        done = self.tool('psql', '-h', '127.0.0.1', '-p', self.port, '-U', 'owner', '-d', database, '-XAtqc', text, check=check)
        return done.stdout.split('\n')[:-1]

    def processes(self):
        first = int((self.data / 'postmaster.pid').read_text().split()[0])
        children = [int(path.split('/')[2]) for path in glob.glob('/proc/[0-9]*/stat') if parent(path) == first]
        return [first, *children]

    def url(self, user='danvan', others=()):
        clusters = [self, *others]
        return f"host={','.join('127.0.0.1' for _ in clusters)} port={','.join(str(c.port) for c in clusters)} user={user} dbname=danvan sslmode=disable target_session_attrs=read-write"


def parent(path):
    try:
        return int(pathlib.Path(path).read_text().rsplit(')', 1)[1].split()[1])
    except (OSError, IndexError):
        return None


class Service:
    """`danvan serve` on a database; started again by hand, as a supervisor would."""

    def __init__(self, folder, url, owner_url):
        self.folder, self.url, self.owner_url, self.port, self.process = folder, url, owner_url, free_port(), None

    def command(self, *args):
        urls = ['--database-url', self.url, '--owner-url', self.owner_url, '--secret-file', f'{self.folder}/secret.key', '--data-dir', self.folder]
        return [DANVAN, *args, *urls]

    def demo(self):
        """The plan, the accounts, a day's work: what `danvan demo` makes. Returns its facts."""
        with subprocess.Popen(self.command('demo', '--json', '--bind', f'127.0.0.1:{self.port}'), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
            text = ''
            for line in demo.stdout:
                text += line
                try:
                    facts = json.loads(text)
                    demo.terminate()
                    return facts
                except ValueError:
                    pass
        sys.exit('the demo does not start')

    def start(self):
        command = self.command('serve', '--bind', f'127.0.0.1:{self.port}', '--rate-limit', '0')
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=open(f'{self.folder}/service.log', 'a'))
        begin = time.time()
        while ask(self, 'GET', '/health/ready')[0] != 200:
            if time.time() - begin > 30:
                sys.exit('the service does not start')
            time.sleep(0.02)
        return time.time() - begin

    def kill(self):
        self.process.kill()
        self.process.wait()


def ask(services, method, path, body=None, token=None, timeout=60):
    """Status (None where no answer came), parsed body, seconds. Of several processes any one is asked, as a balancer would."""
    service = random.choice(services) if isinstance(services, list) else services
    begin, headers = time.time(), {'Content-Type': 'application/json', 'Accept-Language': 'en'}
    if token:
        headers['Authorization'] = 'Bearer ' + token
    try:
        connection = http.client.HTTPConnection('127.0.0.1', service.port, timeout=timeout)
        connection.request(method, path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None, time.time() - begin
    except (OSError, http.client.HTTPException, ValueError):
        return None, None, time.time() - begin


class Load:
    """Six writers of single rows, two of batches, a reader of a list, one of readiness, and a keeper of a copy."""

    def __init__(self, service, facts):
        self.service, self.services, self.commune = service, [service], facts['commune_id']
        account = next(a for a in facts['accounts'] if a['username'] == 'vanphong')
        self.token = ask(service, 'POST', '/v1/auth/login', {'username': account['username'], 'password': account['password'], 'device_name': 'crashes'})[1]['access_token']
        self.hamlet = ask(service, 'GET', f'/v1/hamlets?commune={self.commune}&limit=1')[1]['items'][0]['id']
        self.asked, self.acknowledged, self.copy = {}, set(), {}
        self.statuses, self.wrong, self.read, self.longest, self.longest_ready = {}, [], {}, 0, 0
        self.last_write, self.over, self.written = time.time(), threading.Event(), threading.Event()
        jobs = [lambda: self.write(1)] * 6 + [lambda: self.write(20)] * 2 + [self.reading, self.readiness, self.copying]
        self.threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in self.threads:
            thread.start()

    def person(self):
        row = str(uuid.uuid4())
        consent = {'purpose': 'participation', 'text_version': '1', 'given_via': 'paper'}
        self.asked[row] = {'id': row, 'commune_id': self.commune, 'full_name': f'Thử {row}', 'hamlet_id': self.hamlet, 'consents': [consent]}
        return self.asked[row]

    def write(self, many):
        while not self.over.is_set():
            people = [self.person() for _ in range(many)]
            operations = [{'id': body['id'], 'method': 'POST', 'path': '/v1/volunteers', 'body': body} for body in people]
            path, body = ('/v1/volunteers', people[0]) if many == 1 else ('/v1/batch', {'operations': operations})
            while True:
                status, answer, seconds = ask(self.services, 'POST', path, body, self.token)
                self.longest = max(self.longest, seconds)
                each = [status] if many == 1 or status != 200 else [result['status'] for result in answer['results']]
                for status in each:
                    self.statuses[status] = self.statuses.get(status, 0) + 1
                    if status not in (200, 201, None, 503, 507):
                        self.wrong.append((status, answer))
                if len(each) == many and {200, 201}.issuperset(each):
                    self.acknowledged.update(body['id'] for body in people)
                    self.last_write = time.time()
                    break
                if self.over.is_set() or self.wrong:
                    break
                time.sleep(0.05)

    def reading(self):
        while not self.over.is_set():
            status, _, seconds = ask(self.services, 'GET', f'/v1/volunteers?commune={self.commune}&limit=5', token=self.token)
            self.read[status] = self.read.get(status, 0) + 1
            self.longest = max(self.longest, seconds)
            time.sleep(0.02)

    def readiness(self):
        while not self.over.is_set():
            self.longest_ready = max(self.longest_ready, ask(self.services, 'GET', '/health/ready')[2])
            time.sleep(0.05)

    def copying(self):
        cursor, path = None, f'/v1/sync?commune={self.commune}&resources=volunteers&limit=1000'
        while True:
            last = self.written.is_set()
            status, page, _ = ask(self.services, 'GET', path + (f'&cursor={cursor}' if cursor else ''), token=self.token)
            if status == 410:  # after a failover: begun anew
                self.copy, cursor = {}, None
            elif status == 200 and random.random() > 0.2:  # some answers are lost on the way, and asked for again
                changes = page['changes'].get('volunteers', {'upserted': [], 'removed': []})
                self.copy.update((row['id'], row) for row in changes['upserted'])
                for row in changes['removed']:
                    self.copy.pop(row['id'], None)
                cursor = page['next_cursor']
                if last and not page['has_more']:
                    return
            elif status not in (200, None, 503):
                self.wrong.append((status, page))
                return
            time.sleep(0.02)

    def end(self):
        self.over.set()
        for thread in self.threads[:-1]:
            thread.join(90)
        self.written.set()
        self.threads[-1].join(90)

    def verdict(self, cluster):
        """What was found, and whether it held."""
        stored = dict(line.split('|') for line in cluster.sql("SELECT id, full_name FROM volunteers WHERE full_name LIKE 'Thử %'"))
        check = [subprocess.run(self.service.command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for words in (['check'], ['journal', 'verify'])]
        found = {
            'acknowledged': len(self.acknowledged),
            'cut or refused': sum(n for status, n in self.statuses.items() if status not in (200, 201)),
            'lost': len(self.acknowledged - stored.keys()),
            'double': len(stored) - len(set(stored.values())),
            'phantom': len(stored.keys() - self.asked.keys()),
            'missed': len(stored.keys() - self.copy.keys()),
            'wrong': len(self.wrong),
            'longest wait': round(self.longest, 2),
            'longest readiness': round(self.longest_ready, 2),
        }
        for done, what in zip(check, ('sums', 'journal')):
            if done.returncode:
                found[what] = done.stdout.strip()[-300:]
        held = not any(found[k] for k in ('lost', 'double', 'phantom', 'missed', 'wrong')) and not {'sums', 'journal'} & found.keys()
        if self.wrong:
            found['first wrong'] = str(self.wrong[0])[:300]
        return found, held and self.acknowledged and self.longest < LIMIT and self.longest_ready < READY_LIMIT


def stage(folder, home=None, wal=None):
    """A cluster with the demo in it, and a service on it."""
    cluster = Cluster(home or folder, wal).init().start()
    cluster.sql('CREATE ROLE danvan LOGIN', 'postgres')
    cluster.sql('CREATE DATABASE danvan', 'postgres')
    service = Service(folder, cluster.url(), cluster.url('owner'))
    subprocess.run(service.command('migrate', '--service-role', 'danvan'), check=True, stdout=subprocess.DEVNULL)
    return cluster, service, service.demo()


def under_load(folder, disturb, home=None, wal=None):
    cluster, service, facts = stage(folder, home, wal)
    service.start()
    load = Load(service, facts)
    extra = disturb(cluster, service, load)
    load.end()
    found, held = load.verdict(cluster)
    service.kill()
    cluster.stop()
    return {**(extra or {}), **found}, held


def recovery(load, since):
    """Seconds from a moment to the next acknowledged write."""
    while load.last_write <= since:
        if time.time() - since > 120:
            return None
        time.sleep(0.01)
    return round(load.last_write - since, 2)


def kill_service(folder):
    def disturb(_, service, load):
        other = Service(folder, service.url, service.owner_url)
        other.start()
        load.services.append(other)
        ready = []
        for _ in range(ROUNDS):
            time.sleep(random.uniform(0.3, 1))
            dying = random.choice(load.services)
            dying.kill()
            ready.append(dying.start())
        load.services.remove(other)
        other.kill()
        return {'processes': 2, 'kills': ROUNDS, 'ready again after': round(max(ready), 2)}
    return under_load(folder, disturb)


def cut_connections(folder):
    def disturb(cluster, _, load):
        for _ in range(ROUNDS):
            time.sleep(random.uniform(0.3, 1))
            cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'danvan'", 'postgres')
        return {'cuts': ROUNDS}
    return under_load(folder, disturb)


def crash_database(folder):
    def disturb(cluster, _, load):
        again = []
        for _ in range(max(2, ROUNDS // 4)):
            time.sleep(random.uniform(0.5, 1.5))
            cluster.stop()
            cluster.start()
            again.append(recovery(load, time.time()))
        return {'crashes': len(again), 'writes again after': max(again)}
    return under_load(folder, disturb)


def full_disk(folder):
    """The write-ahead log lies elsewhere: where that has no room, PostgreSQL itself stops and nothing is read either."""
    if os.geteuid() != 0:
        return {'skipped': 'needs root'}, True
    disk = pathlib.Path(folder) / 'disk'
    disk.mkdir()
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=500m', 'tmpfs', disk], check=True)
    wal = pathlib.Path(folder) / 'wal'
    wal.mkdir()
    shutil.chown(wal, POSTGRES)

    def disturb(cluster, _, load):
        time.sleep(1)
        room = shutil.disk_usage(disk).free
        filler = disk / 'filler'
        subprocess.run(['fallocate', '-l', str(room - (2 << 20)), filler], check=True)
        full = time.time()
        while not load.statuses.get(503) and time.time() - full < 60:
            time.sleep(0.05)
        time.sleep(1)
        before = dict(load.read)
        time.sleep(SECONDS / 2)
        reads = {status: n - before.get(status, 0) for status, n in load.read.items() if n > before.get(status, 0)}
        filler.unlink()
        extra = {'reads while full': reads, 'writes again after': recovery(load, time.time())}
        return extra
    try:
        os.chmod(disk, 0o755)
        found, held = under_load(folder, disturb, disk, wal)
        return found, held and set(found['reads while full']) == {200}
    finally:
        subprocess.run(['umount', '-l', disk])


def failover(folder, silent):
    """A synchronous standby is promoted; the primary is dead, or silent: it takes connections and says nothing."""
    homes = [pathlib.Path(folder) / name for name in ('a', 'b')]
    for home in homes:
        home.mkdir()
    cluster, service, facts = stage(homes[0])
    standby = Cluster(homes[1]).copy_of(cluster).start()
    cluster.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", 'postgres')
    cluster.sql('SELECT pg_reload_conf()', 'postgres')
    service.url, service.owner_url = cluster.url(others=[standby]), cluster.url('owner', [standby])
    service.start()
    load = Load(service, facts)
    time.sleep(SECONDS / 4)
    stopped = cluster.processes()
    for process in stopped:
        os.kill(process, signal.SIGSTOP if silent else signal.SIGKILL)
    if not silent:
        time.sleep(0.2)
    standby.tool('pg_ctl', '-D', standby.data, '-w', 'promote')
    promoted = time.time()
    again = recovery(load, promoted)
    time.sleep(SECONDS / 4)
    load.end()
    found, held = load.verdict(standby)
    for process in stopped if silent else []:
        os.kill(process, signal.SIGKILL)
    service.kill()
    standby.stop()
    return {'writes again after': again, **found}, held and again is not None and again < LIMIT


def drill(folder):
    def disturb(cluster, service, load):
        env = {**os.environ, 'PG_BIN': str(BIN), 'DANVAN_SECRET_FILE': f'{folder}/secret.key'}
        script = pathlib.Path(__file__).with_name('drill.sh')
        source = cluster.url('owner').replace(' target_session_attrs=read-write', '')
        done = subprocess.run([script, DANVAN, f'{folder}/drill', source], env=env, capture_output=True, text=True)
        if done.returncode:
            load.wrong.append(('drill', (done.stdout + done.stderr)[-300:]))
        return {'drill': done.stdout.strip().split('\n')[-1]}
    return under_load(folder, disturb)


def killed_migrations(folder):
    cluster = Cluster(folder).init().start()
    cluster.sql('CREATE ROLE danvan LOGIN', 'postgres')

    def schema(name, kills):
        cluster.sql(f'CREATE DATABASE {name}', 'postgres')
        url = cluster.url('owner').replace('dbname=danvan', f'dbname={name}')
        command = [DANVAN, 'migrate', '--database-url', url, '--service-role', 'danvan']
        for _ in range(kills):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0.02, 0.3))
            process.kill()
            process.wait()
        while (done := subprocess.run(command, capture_output=True, text=True)).returncode:
            if 'another migration' not in done.stderr:  # of the one that was killed: its connection ends soon
                return done.stderr
        dump = cluster.tool('pg_dump', '-s', '-h', '127.0.0.1', '-p', cluster.port, '-U', 'owner', name).stdout
        # Each dump guards itself with a word of its own.
        return '\n'.join(line for line in dump.split('\n') if not line.startswith(('\\restrict', '\\unrestrict')))
    whole = schema('whole', 0)
    differing = sum(schema(f'killed_{n}', 3) != whole for n in range(ROUNDS // 2))
    cluster.stop()
    return {'databases': ROUNDS // 2, 'kills each': 3, 'schemas that differ': differing}, differing == 0 and 'CREATE TABLE' in whole


EXPERIMENTS = {
    'service-killed': kill_service,
    'connections-cut': cut_connections,
    'database-crashed': crash_database,
    'disk-full': full_disk,
    'failover-dead': lambda folder: failover(folder, False),
    'failover-silent': lambda folder: failover(folder, True),
    'drill': drill,
    'migrations-killed': killed_migrations,
}

if __name__ == '__main__':
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--danvan', default='target/release/danvan')
    options.add_argument('--seconds', type=float, default=20, help='about how long each experiment disturbs')
    options.add_argument('experiments', nargs='*', metavar='experiment', help=', '.join(EXPERIMENTS))
    options = options.parse_args()
    SECONDS, ROUNDS, DANVAN = options.seconds, max(2, round(options.seconds)), os.path.abspath(options.danvan)
    bins = [os.environ.get('PG_BIN'), *sorted(glob.glob('/usr/lib/postgresql/*/bin'), reverse=True), os.path.dirname(shutil.which('initdb') or '')]
    BIN = next((pathlib.Path(one) for one in bins if one and (pathlib.Path(one) / 'initdb').exists()), None) or sys.exit('set PG_BIN to the folder of initdb')
    if POSTGRES:
        pwd.getpwnam(POSTGRES)
    failed = False
    for name in options.experiments or EXPERIMENTS:
        folder = tempfile.mkdtemp(prefix='danvan-crashes-')
        os.chmod(folder, 0o755)
        found, held = EXPERIMENTS[name](folder)
        failed |= not held
        print('holds ' if held else 'FAILED', name, json.dumps(found), flush=True)
        if held:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print('        left in', folder)
    sys.exit(failed)
