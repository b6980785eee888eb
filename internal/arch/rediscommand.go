package arch

import (
	"strings"

	"github.com/svclint/svclint/internal/catalog"
)

// redisCommands says what a Redis command does to its key, where that is not reading it.
var redisCommands = func() map[string][2]string {
	out := map[string][2]string{}
	for verb, names := range map[string]string{
		"set": "SET SETEX PSETEX GETSET MSET HSET HMSET SETRANGE SETBIT SADD ZADD GEOADD PFADD LTRIM LSET RENAME COPY XADD XACK " +
			"SINTERSTORE SUNIONSTORE SDIFFSTORE ZUNIONSTORE ZINTERSTORE RESTORE",
		"setnx":  "SETNX MSETNX HSETNX",
		"incr":   "INCR INCRBY INCRBYFLOAT DECR DECRBY HINCRBY HINCRBYFLOAT ZINCRBY",
		"push":   "LPUSH RPUSH LPUSHX RPUSHX LINSERT APPEND",
		"delete": "DEL UNLINK GETDEL HDEL LPOP RPOP BLPOP BRPOP LREM SREM SPOP ZREM ZREMRANGEBYSCORE ZREMRANGEBYRANK ZPOPMIN ZPOPMAX XDEL XTRIM FLUSHDB FLUSHALL",
		"expire": "EXPIRE EXPIREAT PEXPIRE PEXPIREAT PERSIST",
		"eval":   "EVAL EVALSHA FCALL",
	} {
		for _, name := range strings.Fields(names) {
			out[name] = [2]string{"write", verb}
		}
	}
	return out
}()

// command is what the commands that a call sends do: write where one of several writes.
func (w *world) command(x catalog.Expr, at site) (op, verb string) {
	op, verb = "read", "get"
	for _, elem := range w.list(x.Node, at) {
		for _, t := range w.texts(elem) {
			name, _ := t.constant()
			if c, ok := redisCommands[strings.ToUpper(name)]; ok {
				op, verb = c[0], c[1]
			}
		}
	}
	return op, verb
}
