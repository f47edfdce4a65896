# What the captures of all games share; sourced. WORK: folder for everything (default: work, beside the scripts).
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=${WORK:-$HERE/work}
SIZE=512x384
PATH=/usr/bin:$PATH # Debian's own Python, the one that has OpenCV
mkdir -p "$WORK"
for tool in Xvfb xdotool gcc; do
    command -v $tool >/dev/null || { echo "$0: $tool is not installed (all.sh names the packages)" >&2; exit 1; }
done

# One key or button to the game on $display; nothing where the game has ended meanwhile.
press() { DISPLAY=":$display" xdotool "$@" 2>/dev/null; }

# The interposed library that grabs colour and depth (grab.c).
build_grabber()
{
    [ "$WORK/grab.so" -nt "$HERE/grab.c" ] || gcc -O2 -Wall -shared -fPIC "$HERE/grab.c" -o "$WORK/grab.so" -ldl -lm
}

frames_in() { find "$1" -name '*.raw' | wc -l; }

# What an earlier run left would hide that this one fails.
clear() { rm -f "$1"/*.raw "$1/shown"; }

# Frames that the game has shown so far: grab.c adds a byte for each.
shown() { stat -c %s "$1/shown" 2>/dev/null || echo 0; }

# wait_shown OUT COUNT SECONDS: until COUNT more frames were shown. A key that is sent to a game that still loads is lost, and
# how long that takes depends on the machine. SECONDS is the longest wait: some menus draw only when something changes.
wait_shown()
{
    local goal=$(($(shown "$1") + $2)) end=$((SECONDS + $3))
    while [ "$(shown "$1")" -lt "$goal" ] && [ $SECONDS -lt $end ]; do sleep .1; done
}

# run_game DISPLAY SECONDS OUT NAME=VALUE... -- COMMAND...: one game on a screen of its own, drawn in software on one core.
# The variables are those of grab.c. The game's home folder is $WORK/home-DISPLAY and stays from run to run. Fails where no frame
# with depth came.
run_game()
{
    local display=$1 seconds=$2 out=$3 variables=() screen found
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
    found=$(frames_in "$out")
    echo "$(date +%T) $out: $found frames"
    [ "$found" -gt 0 ] && return
    echo "$out: none of the $(shown "$out") frames that the game showed has depth; the game's last words: $(tail -n 1 "$out/log")" >&2
    return 1
}

one_of() { printf '%s\n' "$@" | shuf -n1; }
