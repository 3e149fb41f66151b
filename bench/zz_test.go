package main
import ("testing";"os";"fmt";"strings";"regexp";"bega/internal/db/cluster";"bega/internal/db")
func TestCount(t *testing.T){
 c,err:=cluster.Start("log_statement=all"); if err!=nil{t.Fatal(err)}
 p:=&place{engine:"postgres",dir:t.TempDir(),server:c,database:c.URL}
 town,err:=p.open(t.Context(),0); if err!=nil{t.Fatal(err)}
 a,err:=applicants(t.Context(),town.Rooms(),1,[]string{"petitie"}); if err!=nil{t.Fatal(err)}
 for i:=0;i<3;i++{ if _,err:=a[0].file(t.Context(),town.Rooms(),db.NewID());err!=nil{t.Fatal(err)} }
 dir:=c.URL[strings.Index(c.URL,"host=")+5:]
 before,_:=os.ReadFile(dir+"/log")
 if _,err:=a[0].file(t.Context(),town.Rooms(),db.NewID());err!=nil{t.Fatal(err)}
 after,_:=os.ReadFile(dir+"/log")
 for _,l:=range strings.Split(string(after[len(before):]),"\n"){ if len(l)>170{l=l[:170]}; if regexp.MustCompile("LOG:").MatchString(l){fmt.Println(l[28:])} }
}
