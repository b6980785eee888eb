package main
import ("context";"encoding/json";"fmt";"os";"time";"github.com/svclint/svclint/internal/pipeline";"github.com/svclint/svclint/internal/arch")
func main(){
 // args: model --format json root
 root:=os.Args[len(os.Args)-1]
 t:=time.Now()
 in,err:=pipeline.Collect(context.Background(),root,pipeline.Options{})
 if err!=nil{fmt.Fprintln(os.Stderr,err);os.Exit(3)}
 t1:=time.Now()
 m,err:=arch.Link(context.Background(),*in)
 if err!=nil{fmt.Fprintln(os.Stderr,err);os.Exit(3)}
 fmt.Fprintf(os.Stderr,"collect %v link %v problems %d\n",t1.Sub(t),time.Since(t1),len(m.Coverage.Problems))
 e:=json.NewEncoder(os.Stdout);e.SetIndent(""," ");e.Encode(m)
}
