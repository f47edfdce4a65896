"""A small HEIF assembler for test inputs."""
import struct, subprocess, os, tempfile
def box(t,d): return struct.pack('>I',8+len(d))+t.encode('latin1')+d
def full(t,v,f,d): return box(t, struct.pack('>I',(v<<24)|f)+d)
def boxes(b,o=0,e=None):
    e=len(b) if e is None else e
    while o+8<=e:
        n,t=struct.unpack('>I4s',b[o:o+8]); h=8
        if n==1: n=struct.unpack('>Q',b[o+8:o+16])[0]; h=16
        if n==0: n=e-o
        yield t.decode('latin1'),o,o+h,o+n; o+=n
def find(b,path,o=0,e=None):
    for t,s,d,x in boxes(b,o,e):
        if t==path[0]:
            if len(path)==1: return b[s:x],d,x
            return find(b,path[1:],d+(4 if t=='meta' else 0),x)
def parse(heic):
    """first hvc1/av01 coded item: (config box bytes, data, other property boxes)"""
    b=heic
    _,d,x=find(b,['meta','iprp','ipco'])
    props=[b[s:e] for t,s,dd,e in boxes(b,d,x)]
    pb,pd,px=find(b,['meta','pitm']); primary=struct.unpack('>H',b[pd+4:pd+6])[0]
    _,d,x=find(b,['meta','iloc'])
    v=b[d]; o=d+4; sz=b[o]; o4,l4=sz>>4,sz&15; sz2=b[o+1]; b4,i4=sz2>>4,sz2&15; o+=2
    n=struct.unpack('>H',b[o:o+2])[0]; o+=2
    loc={}
    def rd(k):
        nonlocal o
        r=int.from_bytes(b[o:o+k],'big'); o+=k; return r
    for _ in range(n):
        i=rd(2); m=rd(2) if v in(1,2) else 0; rd(2); base=rd(b4); c=rd(2); ex=[]
        for _ in range(c):
            if v in (1,2) and i4: rd(i4)
            a=rd(o4); l=rd(l4); ex.append((base+a,l))
        loc[i]=(m,ex)
    data={i:b''.join(b[a:a+l] for a,l in ex) for i,(m,ex) in loc.items() if m==0}
    # ipma
    _,d,x=find(b,['meta','iprp','ipma']); v=b[d]; fl=b[d+3]; o=d+4; n=rd(4); assoc={}
    for _ in range(n):
        i=rd(2); c=rd(1); assoc[i]=[]
        for _ in range(c):
            if fl&1: q=rd(2); assoc[i].append((q&0x7fff,q>>15))
            else: q=rd(1); assoc[i].append((q&0x7f,q>>7))
    return dict(primary=primary,data=data,props=props,assoc=assoc)
def coded(png, args=()):
    """encode with heif-enc, give (hvcC, ispe, data)"""
    f=tempfile.mktemp('.heic'); subprocess.run(['heif-enc',png,'-o',f,*args],check=True,stdout=subprocess.DEVNULL)
    p=parse(open(f,'rb').read()); os.unlink(f)
    i=p['primary']; pr=[p['props'][k-1] for k,_ in p['assoc'][i]]
    return dict(cfg=[x for x in pr if x[4:8] in(b'hvcC',b'av1C')][0], ispe=[x for x in pr if x[4:8]==b'ispe'][0],
                pixi=[x for x in pr if x[4:8]==b'pixi'], colr=[x for x in pr if x[4:8]==b'colr'], data=p['data'][i])
class Heif:
    def __init__(s,brand='heic',compat=('mif1','heic')): s.items=[];s.refs=[];s.groups=[];s.brand=brand;s.compat=compat;s.primary=1
    def add(s,id,type,data,props=(),hidden=0,extra=b'',essential=()): s.items.append(dict(id=id,type=type,data=data,props=list(props),hidden=hidden,extra=extra,ess=essential))
    def ref(s,type,frm,to): s.refs.append((type,frm,to))
    def group(s,type,gid,ids): s.groups.append((type,gid,ids))
    def write(s,path,share=False):
        props=[];ipma=b''
        for it in s.items:
            if not it['props']: continue
            a=b''
            for p in it['props']:
                if p not in props: props.append(p)
                k=props.index(p)+1
                es= 0x80 if p[4:8] in (b'hvcC',b'av1C',b'irot',b'imir',b'clap') else 0
                a+=bytes([k|es])
            ipma+=struct.pack('>HB',it['id'],len(it['props']))+a
        n=sum(1 for i in s.items if i['props'])
        iprp=box('iprp',box('ipco',b''.join(props))+full('ipma',0,0,struct.pack('>I',n)+ipma))
        infe=b''.join(full('infe',2,it['hidden'],struct.pack('>HH',it['id'],0)+it['type'].encode()+b'\0'+it['extra']) for it in s.items)
        iinf=full('iinf',0,0,struct.pack('>H',len(s.items))+infe)
        iref=full('iref',0,0,b''.join(box(t,struct.pack('>HH',f,len(to))+b''.join(struct.pack('>H',x) for x in to)) for t,f,to in s.refs)) if s.refs else b''
        grpl=box('grpl',b''.join(full(t,0,0,struct.pack('>II',g,len(i))+b''.join(struct.pack('>I',x) for x in i)) for t,g,i in s.groups)) if s.groups else b''
        hdlr=full('hdlr',0,0,struct.pack('>I4s12s',0,b'pict',b'')+b'\0')
        pitm=full('pitm',0,0,struct.pack('>H',s.primary)) if s.primary else b''
        ftyp=box('ftyp',s.brand.encode()+struct.pack('>I',0)+b''.join(c.encode() for c in s.compat))
        def meta(base):
            l=b'';o=base;seen={}
            for it in s.items:
                at=seen.get(it['data']) if share else None
                if at is None: at=o; seen[it['data']]=o; o+=len(it['data'])
                l+=struct.pack('>HHHII',it['id'],0,1,at,len(it['data']))
            iloc=full('iloc',0,0,bytes([0x44,0])+struct.pack('>H',len(s.items))+l)
            return full('meta',0,0,hdlr+pitm+iinf+iref+iprp+iloc+grpl)
        m=meta(0); base=len(ftyp)+len(m)+8
        open(path,'wb').write(ftyp+meta(base)+box('mdat',b''.join(dict.fromkeys(i['data'] for i in s.items)) if share else b''.join(i['data'] for i in s.items)))
def auxC(urn,sub=b''): return full('auxC',0,0,urn.encode()+b'\0'+sub)
def irot(k): return box('irot',bytes([k]))
def imir(k): return box('imir',bytes([k]))
def nclx(p,t,m,full_=1): return box('colr',b'nclx'+struct.pack('>HHHB',p,t,m,full_<<7))
def prof(icc): return box('colr',b'prof'+icc)
