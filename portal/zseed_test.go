package portal
import ("testing";"time";"bega/internal/config")
func TestZSeed(t *testing.T){
 cfg,err:=config.Load("",nil); if err!=nil{t.Fatal(err)}
 cfg.Data=t.TempDir()
 b:=time.Now()
 town,err:=Open(t.Context(),cfg,Options{Demo:true}); if err!=nil{t.Fatal(err)}
 t.Log("open",time.Since(b)); b=time.Now()
 if _,err:=town.Seed(t.Context());err!=nil{t.Fatal(err)}
 t.Log("seed",time.Since(b)); b=time.Now()
 all,err:=town.RouteInfos(t.Context())
 t.Log("routes",len(all),err,time.Since(b))
 for _,r:=range all{t.Log(r.Method,r.Pattern,r.Verb,r.Example,len(r.Who))}
}
