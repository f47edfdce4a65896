# What the captures of all games share; sourced. WORK: folder for everything (default: work, beside the scripts).
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=${WORK:-$HERE/work}
SIZE=512x384
mkdir -p "$WORK"

# The interposed library that grabs colour and depth (grab.c).
build_grabber()
{
    [ "$WORK/grab.so" -nt "$HERE/grab.c" ] || gcc -O2 -Wall -shared -fPIC "$HERE/grab.c" -o "$WORK/grab.so" -ldl -lm
}

# run_game DISPLAY SECONDS OUT NAME=VALUE... -- COMMAND...: one game on a screen of its own, drawn in software on one core.
# The variables are those of grab.c. The game's home folder is $WORK/home-DISPLAY and stays from run to run.
run_game()
{
    local display=$1 seconds=$2 out=$3 variables=() screen
    shift 3
    while [ "$1" != -- ]; do variables+=("$1"); shift; done
    shift
    mkdir -p "$out" "$WORK/home-$display"
    Xvfb ":$display" -screen 0 ${SIZE}x24 +extension GLX >"$WORK/screen-$display.log" 2>&1 &
    screen=$!
    sleep 2
    env DISPLAY=":$display" SDL_AUDIODRIVER=dummy ALSOFT_DRIVERS=null XDG_RUNTIME_DIR="$WORK" HOME="$WORK/home-$display" \
        LP_NUM_THREADS=1 GRAB_DIR="$out" "${variables[@]}" \
        timeout -k 5 "$seconds" env LD_PRELOAD="$WORK/grab.so" "$@" >"$out/log" 2>&1
    kill "$screen"
    wait "$screen" 2>/dev/null
    echo "$(date +%T) $out: $(find "$out" -name '*.raw' | wc -l) frames"
}

one_of() { printf '%s\n' "$@" | shuf -n1; }
